import { CodedError } from '../../errors/coded-error.ts';
import { readCostRules } from '../supergraph/cost-rules.ts';
import type { CallTables } from '../../subgraphs/call-table.ts';
import { type CostLimits, refuseResponseSize, refuseCost } from '../admission/cost-limits.ts';
import { OperationCosts } from '../admission/operation-costs.ts';
import type { Graph } from '../operation/graph.ts';
import type { PreparedOperation, Variables } from '../operation/prepared-operation.ts';
import type { OperationCost } from '../../request/operation-cost.ts';
import type { ServedContext } from './served-context.ts';

export interface CostOptions {
  readonly limits: CostLimits;
  /** @default nothing is known of calls to vendors */
  readonly tables?: CallTables | undefined;
  /** Whether this process hears of all calls to vendors that are made for a request. */
  readonly tracksVendorCalls: boolean;
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
  readonly #costs: OperationCosts;

  constructor(
    { schema, supergraph }: Pick<Graph, 'schema' | 'supergraph'>,
    options: CostCheckOptions,
  ) {
    this.#options = options;
    const rules = readCostRules(supergraph.document);
    this.#costs = new OperationCosts({ schema, rules, tables: options.costs?.tables ?? {} });
  }

  /** Records what an operation costs, which has been counted before. */
  record(
    operation: PreparedOperation,
    variables: Variables,
    record: ServedContext['record'],
  ): OperationCost {
    const cost = this.#costs.of(operation, variables);
    if (this.#options.costs !== undefined) record.setCost(cost, this.#options.costs);
    return cost;
  }

  /**
   * Counts what a valid operation costs towards what its caller may use.
   * @returns why it is not to be run; undefined where it is.
   */
  async refuse(
    operation: PreparedOperation,
    variables: Variables,
    { record, admission }: ServedContext,
  ): Promise<CodedError | undefined> {
    const { answerFields, costs } = this.#options;
    const cost = this.record(operation, variables, record);
    const refusal =
      refuseResponseSize(cost, answerFields) ?? (costs && refuseCost(cost, costs.limits));
    if (refusal !== undefined || admission === undefined) return refusal;
    try {
      await admission.charge(cost.estimated);
      return undefined;
    } catch (error) {
      if (error instanceof CodedError) return error;
      throw error;
    }
  }
}
