import type { DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { CallTables } from '../limits/call-table.ts';
import { type CostLimits, refuseCost } from '../limits/cost-limits.ts';
import { OperationCosts } from '../limits/operation-costs.ts';
import type { ServedContext } from './served-context.ts';

export interface CostOptions {
  readonly limits: CostLimits;
  /** @default nothing is known of calls to vendors */
  readonly tables?: CallTables | undefined;
  /** Whether this process hears of all calls to vendors that are made for a request. */
  readonly hearsOfCalls: boolean;
}

/** Holds operations to what they may cost. */
export class CostCheck {
  readonly #options: CostOptions;
  #costs: OperationCosts | undefined;

  constructor(options: CostOptions) {
    this.#options = options;
  }

  /** From now on, operations are of this graph. */
  load({ apiSchema: schema, coreSupergraphSdl: supergraphSdl }: LoadedGraph): void {
    this.#costs = new OperationCosts({ schema, supergraphSdl, tables: this.#options.tables ?? {} });
  }

  /** @returns why a valid operation is not to be run; undefined where it is. */
  refuse(asked: AskedOperation, variables: Readonly<Record<string, unknown>>, { record }: ServedContext): GraphQLError | undefined {
    if (this.#costs === undefined) throw new TypeError('The graph has not been loaded.');
    const cost = this.#costs.of(asked, variables);
    record.expect(cost, this.#options);
    return refuseCost(cost, this.#options.limits);
  }
}

interface LoadedGraph {
  readonly apiSchema: GraphQLSchema;
  readonly coreSupergraphSdl: string;
}

interface AskedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}
