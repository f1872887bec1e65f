import type { GraphQLSchema } from 'graphql';
import type { CostRules } from '../supergraph/cost-rules.ts';
import { applyConditions } from '../operation/operation-without-conditions.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { CallTables } from '../../subgraphs/call-table.ts';
import { type CompiledCost, compileCost, type CostedGraph } from './compile-cost.ts';
import { ArgumentValues, type Variables } from './list-size.ts';
import type { OperationCost } from '../../request/operation-cost.ts';
import { readsByField } from './planned-reads.ts';

export interface OperationCostsOptions {
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
  /** Weights and list sizes from directives. */
  readonly rules: CostRules;
  /** The known vendor calls of fields. */
  readonly tables: CallTables;
}

/** Calculates the cost of operations. Each is compiled once. */
export class OperationCosts {
  readonly #graph: CostedGraph;

  constructor({ schema, rules, tables }: OperationCostsOptions) {
    const services = Object.keys(tables);
    this.#graph = { schema, rules, services, reads: readsByField(tables) };
  }

  of(operation: PreparedOperation, variables: Variables = {}): OperationCost {
    return operation.get(this, () => this.#compile(operation))(variables);
  }

  #compile({ document, operation, conditions: names }: PreparedOperation): CostOf {
    if (names.length === 0)
      return withConstant(compileCost(this.#graph, applyConditions(document, operation, {})));
    // Compiled once for each decision about skipped fields. Execution refuses a value that is not a boolean.
    const argumentValues = new ArgumentValues(operation);
    const conditions = names.map(
      (name) => [name, argumentValues.ofVariable(name, undefined)] as const,
    );
    const byDecision = new Map<string, CostOf>();
    return (variables) => {
      const decisions = conditions.map(
        ([name, value]) => [name, value.of(variables) === true] as const,
      );
      const key = decisions.map(([, holds]) => (holds ? '1' : '0')).join('');
      let costOf = byDecision.get(key);
      if (costOf === undefined) {
        costOf = withConstant(
          compileCost(
            this.#graph,
            applyConditions(document, operation, Object.fromEntries(decisions)),
          ),
        );
        // Further decisions are compiled each time.
        if (byDecision.size < MAX_DECISIONS) byDecision.set(key, costOf);
      }
      return costOf(variables);
    };
  }
}

type CostOf = (variables: Variables) => OperationCost;

const MAX_DECISIONS = 16;

function withConstant(compiled: CompiledCost | undefined): CostOf {
  if (compiled === undefined) return () => TOO_LARGE;
  if (compiled.varies) return compiled.of;
  const constant = compiled.of({});
  return () => constant;
}

const TOO_LARGE: OperationCost = {
  estimated: Number.MAX_SAFE_INTEGER,
  answerFields: Number.MAX_SAFE_INTEGER,
  calls: {},
};
