import { HeaderMap } from '@apollo/server';
import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { CodedError } from '../errors/coded-error.ts';
import { readCostRules } from '../gateway/supergraph/cost-rules.ts';
import { Supergraph } from '../gateway/supergraph/supergraph.ts';
import type { CallTables } from '../limits/call-table.ts';
import { type CostLimits, refuseAnswer, refuseCost } from '../limits/cost-limits.ts';
import { OperationCosts } from '../limits/operation-costs.ts';
import { HTTP_STATUS } from './http-status.ts';
import type { ServedContext } from './served-context.ts';

export interface CostOptions {
  readonly limits: CostLimits;
  /** @default nothing is known of calls to vendors */
  readonly tables?: CallTables | undefined;
  /** Whether this process hears of all calls to vendors that are made for a request. */
  readonly hearsOfCalls: boolean;
}

export interface CostCheckOptions {
  /** The most fields that an answer may have. */
  readonly answerFields: number;
  /** @default operations may cost what they like */
  readonly costs?: CostOptions | undefined;
}

/** Holds operations to what they may cost, and to how large their answer may be, before anything is asked of a vendor. */
export class CostCheck {
  readonly #options: CostCheckOptions;
  #costs: OperationCosts | undefined;

  constructor(options: CostCheckOptions) {
    this.#options = options;
  }

  /** From now on, operations are of this graph. */
  load({ apiSchema: schema, coreSupergraphSdl }: LoadedGraph): void {
    const rules = readCostRules(new Supergraph(coreSupergraphSdl).document);
    this.#costs = new OperationCosts({ schema, rules, tables: this.#options.costs?.tables ?? {} });
  }

  /**
   * Counts what a valid operation costs towards what its caller may use.
   * @returns why it is not to be run; undefined where it is.
   */
  refuse(
    asked: AskedOperation,
    variables: Readonly<Record<string, unknown>>,
    { record, admission }: ServedContext,
  ): GraphQLError | undefined | Promise<GraphQLError | undefined> {
    if (this.#costs === undefined) throw new TypeError('The graph has not been loaded.');
    const cost = this.#costs.of(asked, variables);
    const { answerFields, costs } = this.#options;
    if (costs !== undefined) record.expect(cost, costs);
    const refusal = refuseAnswer(cost, answerFields) ?? (costs && refuseCost(cost, costs.limits));
    if (refusal !== undefined) return refusedOperation(refusal);
    return admission?.charge(cost.estimated).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof CodedError) return refusedOperation(error);
        throw error;
      },
    );
  }
}

/** Apollo Server takes the HTTP status and headers of an answer from its errors. */
export function refusedOperation(error: CodedError): GraphQLError {
  const { retryAfter } = error.extensions;
  const headers = new HeaderMap(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)]]);
  const http = { status: HTTP_STATUS[error.code], headers };
  return new GraphQLError(error.message, { originalError: error, extensions: { ...error.extensions, http } });
}

interface LoadedGraph {
  readonly apiSchema: GraphQLSchema;
  readonly coreSupergraphSdl: string;
}

interface AskedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}
