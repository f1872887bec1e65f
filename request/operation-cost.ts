/** The maximum cost of an operation. */
export interface OperationCost {
  /** The static cost: the weighted size of the response. */
  readonly estimated: number;
  /** The maximum number of fields in the response, with each list counted in full. */
  readonly answerFields: number;
  /** The vendor calls by service, for services with known calls. */
  readonly calls: VendorCalls;
}

export type VendorCalls = Readonly<Record<string, number>>;

export const sumOf = (calls: VendorCalls): number =>
  Object.values(calls).reduce((sum, count) => sum + count, 0);
