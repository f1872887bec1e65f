import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import type { PlanCancellation, NewRecurringPlan } from '../../../new-records.ts';
import { PaymentsRefused, type PaymentsWriteResult } from '../../../refusal.ts';
import { discardAll, find } from '../stripe-client.ts';
import { getSubscription } from '../endpoints/stripe-read-endpoints.ts';
import { CANCELLATION_PARTS, PLAN_PARTS } from '../refusals/stripe-parts.ts';
import { toResult } from '../refusals/stripe-refusals.ts';
import {
  HAS_ENDED,
  isOver,
  noPaymentMethod,
  refusedCancellation,
} from '../refusals/stripe-states.ts';
import * as endpoints from '../endpoints/stripe-write-endpoints.ts';

interface PlanWrite {
  readonly record: NewRecurringPlan;
  readonly metadata: Readonly<Record<string, string>>;
  readonly key: string;
}

export async function beginPlan(
  client: UpstreamClient,
  { record, metadata, key }: PlanWrite,
  scope: RequestScope,
): Promise<PaymentsWriteResult> {
  const products: string[] = [];
  const write = async () => {
    const subscribe = endpoints.createSubscription(record, metadata, key);
    const created = record.items.map(({ description }, index) =>
      client.send(endpoints.createProduct(description, `${key}-product-${String(index)}`), scope),
    );
    products.push(...(await Promise.all(created)).map(({ id }) => id));
    return client.send(subscribe(products), scope);
  };
  const discard = () => discardAll(client, products.map(endpoints.deleteProduct), scope);
  return toResult(write, PLAN_PARTS, { findReason: noPaymentMethod, discard });
}

export async function cancelPlan(
  client: UpstreamClient,
  cancellation: PlanCancellation,
  key: string,
  scope: RequestScope,
): Promise<PaymentsWriteResult> {
  const { recurringPlanId: id, atPeriodEnd } = cancellation;
  const findReason = () => refusedCancellation(client, id, scope);
  if (atPeriodEnd) {
    const update = () =>
      client.send(endpoints.updateSubscription(id, { cancel_at_period_end: true }, key), scope);
    return toResult(update, CANCELLATION_PARTS, { findReason });
  }
  const write = async () => {
    // DELETE takes no idempotency key, so a retry could not distinguish an earlier try's effect from another client's. An
    // update without changes
    // takes one: its response stays that of the time before the first try.
    const before = await client.send(endpoints.updateSubscription(id, {}, `${key}-before`), scope);
    if (isOver(before)) throw new PaymentsRefused(HAS_ENDED);
    return cancelNow(client, id, scope);
  };
  return toResult(write, CANCELLATION_PARTS, { findReason });
}

/** DELETE returns 404 for a plan that has ended; the record shows the outcome of an interrupted call. */
async function cancelNow(
  client: UpstreamClient,
  id: string,
  scope: RequestScope,
): Promise<{ readonly id: string }> {
  try {
    return await client.send(endpoints.cancelSubscription(id), scope);
  } catch (error) {
    const now = await find(client, getSubscription(id, []), scope).catch(() => null);
    if (now !== null && isOver(now)) return now;
    throw error;
  }
}
