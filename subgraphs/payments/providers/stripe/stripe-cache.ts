import { accountOf, type CachePolicy, type Lifetimes, NO_LIFETIMES } from '../../../../upstream/upstream-policy.ts';
import type { AnyRequest } from '../../../../upstream/upstream-request.ts';
import type { CachedType } from '../../domain.ts';

export const stripeCache = (secretKey: string, lifetimes: Lifetimes = NO_LIFETIMES): CachePolicy => ({
  account: accountOf(secretKey),
  kindOf,
  ...lifetimes,
});

function kindOf({ path }: AnyRequest): CachedType | undefined {
  const [, , resource = '', ...below] = path.split('/');
  return KINDS[below.at(-1) === 'payment_methods' ? 'payment_methods' : resource];
}

const KINDS: Readonly<Record<string, CachedType>> = {
  customers: 'BillingAccount',
  payment_intents: 'Payment',
  payment_methods: 'PaymentMethod',
  refunds: 'Refund',
  checkout: 'CheckoutSession',
  invoices: 'Invoice',
  subscriptions: 'RecurringPlan',
  subscription_items: 'RecurringPlan',
};
