import { createRandom } from '../world/random.ts';
import type { StripeEdits } from './stripe-edits.ts';
import { textAt, type WireObject } from './stripe-json.ts';
import type { Store } from './stripe-store.ts';

/** Payments that a living account gets at most: one that runs for weeks must not fill the memory. */
const MOST_PAYMENTS = 500;

/** Makes one change after the other that a living account sees: payments, invoices that are paid, refunds, changed customers. */
export function createStripeActivity(store: Store, edit: StripeEdits): () => void {
  const random = createRandom(4242);
  const payments: string[] = [];
  let made = 0;
  let step = 0;

  const pickOne = (objects: readonly WireObject[]) => {
    const [first, ...others] = objects;
    return first === undefined ? undefined : random.pick([first, ...others]);
  };
  const pickCustomer = () =>
    pickOne(store.all('customer').filter((one) => one['deleted'] !== true));

  const pay = () => {
    const customer = pickCustomer();
    if (made >= MOST_PAYMENTS || customer === undefined) {
      update();
      return;
    }
    const payment = edit.write('POST', '/v1/payment_intents', {
      amount: random.integer(10, 200) * 100,
      currency: typeof customer['currency'] === 'string' ? customer['currency'] : 'usd',
      customer: customer.id,
      confirm: 'true',
      description: 'Order from the shop',
      payment_method: 'pm_card_visa',
    });
    made += 1;
    payments.push(textAt(payment, 'id'));
  };
  const payInvoice = () => {
    const invoice = pickOne(store.all('invoice').filter((one) => isPayable(one, store)));
    if (invoice === undefined) pay();
    else edit.payInvoice(invoice.id);
  };
  const refund = () => {
    const payment = payments.shift();
    if (payment === undefined) pay();
    else edit.write('POST', '/v1/refunds', { payment_intent: payment });
  };
  const update = () => {
    const customer = pickCustomer();
    if (customer === undefined) return;
    edit.write('POST', `/v1/customers/${customer.id}`, {
      'metadata[last_seen]': `visit ${String(step)}`,
    });
  };
  const steps = [pay, payInvoice, pay, update, pay, refund];
  return () => {
    steps[step % steps.length]?.();
    step += 1;
  };
}

const isPayable = (invoice: WireObject, store: Store) =>
  invoice['status'] === 'open' &&
  store
    .all('invoice_payment')
    .some((link) => link['invoice'] === invoice.id && link['status'] === 'open');
