/** What an operation costs, at most. */
export interface OperationCost {
  /** Its static cost: what its answer can hold, weighed. */
  readonly estimated: number;
  /** How many fields its answer can have, counting each list in full. */
  readonly answerFields: number;
  /** How many calls the vendor of each part gets; without parts of which that is not known. */
  readonly calls: VendorCalls;
}

export type VendorCalls = Readonly<Record<string, number>>;

export const sumOf = (calls: VendorCalls): number =>
  Object.values(calls).reduce((sum, count) => sum + count, 0);
