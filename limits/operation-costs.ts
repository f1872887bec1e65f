import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Service } from '../errors/coded-error.ts';
import { conditionVariables, decideConditions } from '../operation/decided-operation.ts';
import type { CallTables } from './call-table.ts';
import { type CompiledCost, compileCost, type CostedGraph } from './compile-cost.ts';
import { readCostRules } from './cost-rules.ts';
import { ArgumentValues, type Variables } from './list-size.ts';
import type { OperationCost } from './operation-cost.ts';
import { readsByField } from './planned-reads.ts';

export interface OperationCostsOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** Says by `@cost` and `@listSize` what costs more or less than usual. */
  readonly supergraphSdl: string;
  /** What is known of calls to vendors. */
  readonly tables: CallTables;
}

interface OperationInDocument {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** Tells what operations of a graph cost, by what was found out once for each. */
export class OperationCosts {
  readonly #graph: CostedGraph;
  readonly #known = new WeakMap<OperationDefinitionNode, (variables: Variables) => OperationCost>();

  constructor({ schema, supergraphSdl, tables }: OperationCostsOptions) {
    // What Object.keys says of keys is less than the type knows.
    const services = Object.keys(tables) as Service[];
    this.#graph = { schema, rules: readCostRules(supergraphSdl), services, reads: readsByField(tables) };
  }

  /** @param asked is a valid operation. */
  of(asked: OperationInDocument, variables: Variables = {}): OperationCost {
    let costOf = this.#known.get(asked.operation);
    if (costOf === undefined) {
      costOf = this.#compile(asked);
      this.#known.set(asked.operation, costOf);
    }
    return costOf(variables);
  }

  /** Compiles for each decision about what is skipped. */
  #compile({ document, operation }: OperationInDocument): (variables: Variables) => OperationCost {
    const names = conditionVariables(document);
    const conditions = new Conditions(operation, names);
    const byDecision = new Map<string, (variables: Variables) => OperationCost>();
    return (variables) => {
      const decision = conditions.of(variables);
      const key = names.map((name) => (decision[name] === true ? '1' : '0')).join('');
      let costOf = byDecision.get(key);
      if (costOf === undefined) {
        costOf = keepConstant(compileCost(this.#graph, decideConditions(document, operation, decision)));
        // A client that tries them all has its document compiled each time, as it is planned each time.
        if (byDecision.size < MAX_DECISIONS) byDecision.set(key, costOf);
      }
      return costOf(variables);
    };
  }
}

const MAX_DECISIONS = 16;

/** Whether fields are wanted. */
class Conditions {
  readonly #values: ArgumentValues;
  readonly #names: readonly string[];

  constructor(operation: OperationDefinitionNode, names: readonly string[]) {
    this.#values = new ArgumentValues(operation);
    this.#names = names;
  }

  /** What is no boolean is refused where the operation is run. */
  of(variables: Variables): Readonly<Record<string, boolean>> {
    return Object.fromEntries(this.#names.map((name) => [name, this.#values.ofVariable(name, undefined).of(variables) === true]));
  }
}

function keepConstant(compiled: CompiledCost | undefined): (variables: Variables) => OperationCost {
  if (compiled === undefined) return () => TOO_LARGE;
  if (compiled.varies) return compiled.of;
  const constant = compiled.of({});
  return () => constant;
}

const TOO_LARGE: OperationCost = { estimated: Number.MAX_SAFE_INTEGER, calls: {} };
