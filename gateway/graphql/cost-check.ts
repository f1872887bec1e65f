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
  /** @default vendor calls are not estimated */
  readonly tables?: CallTables | undefined;
  /** Whether this process sees all vendor calls of a request. */
  readonly tracksVendorCalls: boolean;
}

export interface CostCheckOptions {
  /** The maximum number of fields in a response. */
  readonly answerFields: number;
  /** @default no cost limit */
  readonly costs?: CostOptions | undefined;
}

/** Enforces the limits on cost and response size, before any vendor call. */
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

  /** Records the cost of an operation that has been charged before. */
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
   * Charges the cost of a valid operation to its caller.
   * @returns the reason for a refusal; undefined if the operation may run
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
