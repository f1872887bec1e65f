import { z } from 'zod';
import { integer } from '../../settings/values.ts';
import { CodedError } from '../../errors/coded-error.ts';
import { type OperationCost, sumOf } from '../../request/operation-cost.ts';

/** The maximum cost of an operation. */
export interface CostLimits {
  readonly maxCost: number;
  /** For all vendors together. */
  readonly maxVendorCalls: number;
}

export const costSettings = z
  .object({
    MAX_OPERATION_COST: integer({ min: 1, max: 1_000_000_000 }).default(50_000),
    MAX_VENDOR_CALLS: integer({ min: 1, max: 1_000_000 }).default(500),
  })
  .transform(({ MAX_OPERATION_COST: maxCost, MAX_VENDOR_CALLS: maxVendorCalls }): CostLimits => ({
    maxCost,
    maxVendorCalls,
  }));

/**
 * Limits the number of fields in a response: a short document with a few nested lists of 100 items could block the process for all clients.
 * @returns undefined for an allowed operation
 */
export function refuseResponseSize(
  { answerFields }: OperationCost,
  max: number,
): CodedError | undefined {
  if (answerFields <= max) return undefined;
  return tooComplex(
    `can have a response of ${write(answerFields)} fields, and the limit is ${write(max)}`,
  );
}

/** @returns undefined for an allowed operation */
export function refuseCost(
  { estimated, calls }: OperationCost,
  { maxCost, maxVendorCalls }: CostLimits,
): CodedError | undefined {
  if (estimated > maxCost)
    return tooComplex(`can cost ${write(estimated)}, and the limit is ${write(maxCost)}`);
  const sum = sumOf(calls);
  if (sum <= maxVendorCalls) return undefined;
  const parts = Object.entries(calls).map(([service, count]) => `${service} ${write(count)}`);
  return tooComplex(
    `can take ${write(sum)} vendor calls (${parts.join(', ')}), and the limit is ${write(maxVendorCalls)}`,
  );
}

const tooComplex = (why: string) =>
  new CodedError(
    'OPERATION_TOO_COMPLEX',
    `The operation ${why}, counting each list in full. Use smaller pages, or split the operation.`,
  );

/** Very large numbers are not exact. */
const write = (count: number) =>
  count < 1e12 ? count.toLocaleString('en-US') : 'more than a trillion';
