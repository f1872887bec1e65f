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
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** What costs more or less than usual. */
  readonly rules: CostRules;
  /** What is known of calls to vendors. */
  readonly tables: CallTables;
}

/** Tells what operations of a graph cost, by what was found out once for each. */
export class OperationCosts {
  readonly #graph: CostedGraph;

  constructor({ schema, rules, tables }: OperationCostsOptions) {
    // What Object.keys says of keys is less than the type knows.
    const services = Object.keys(tables);
    this.#graph = { schema, rules, services, reads: readsByField(tables) };
  }

  of(operation: PreparedOperation, variables: Variables = {}): OperationCost {
    return operation.get(this, () => this.#compile(operation))(variables);
  }

  #compile({ document, operation, conditions: names }: PreparedOperation): CostOf {
    if (names.length === 0)
      return keepConstant(compileCost(this.#graph, applyConditions(document, operation, {})));
    // Once for each decision about what is skipped. What is no boolean is refused where the operation is run.
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
        costOf = keepConstant(
          compileCost(
            this.#graph,
            applyConditions(document, operation, Object.fromEntries(decisions)),
          ),
        );
        // Who tries them all has the operation compiled each time.
        if (byDecision.size < MAX_DECISIONS) byDecision.set(key, costOf);
      }
      return costOf(variables);
    };
  }
}

type CostOf = (variables: Variables) => OperationCost;

const MAX_DECISIONS = 16;

function keepConstant(compiled: CompiledCost | undefined): CostOf {
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
