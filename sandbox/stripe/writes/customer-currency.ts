import { textAt, type WireObject } from '../stripe-json.ts';
import type { WriteContext } from '../stripe-write-context.ts';
import { combinedCurrencies } from '../stripe-write-errors.ts';

/** A customer's subscriptions and waiting items are all of one currency: https://docs.stripe.com/billing/customer#currency */
export function refuseOtherCurrency(
  customer: WireObject,
  currency: string,
  { store }: WriteContext,
): void {
  const isOf = (object: WireObject) => object['customer'] === customer.id;
  const bound = [
    ...store
      .all('subscription')
      .filter(
        (one) =>
          isOf(one) && one['status'] !== 'canceled' && one['status'] !== 'incomplete_expired',
      ),
    ...store.all('invoiceitem').filter((one) => isOf(one) && one['invoice'] === null),
  ].find((one) => one['currency'] !== currency);
  if (bound !== undefined) throw combinedCurrencies(textAt(bound, 'currency'));
}

/** The currency of what is bought first becomes the customer's own. */
export const withCurrency = (customer: WireObject, currency: string): WireObject => ({
  ...customer,
  currency: customer['currency'] ?? currency,
});
