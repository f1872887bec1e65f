import { describe, expect, it } from '@jest/globals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { isEnumType, isObjectType, isScalarType, isSpecifiedScalarType, parse } from 'graphql';
import {
  toCheckoutSession,
  toDispute,
  toInvoice,
  toInvoiceLine,
  toPayment,
  toRecurringPlan,
  toRefund,
  toSavedPaymentMethod,
  toBillingAccount,
} from '../../../../../subgraphs/payments/providers/stripe/mapping/stripe-mapping.ts';
import * as values from '../../../../../subgraphs/payments/providers/stripe/mapping/stripe-values.ts';
import {
  checkoutSessionSchema,
  customerSchema,
  disputeSchema,
  invoiceSchema,
  lineSchema,
  paymentIntentSchema,
  paymentMethodSchema,
  refundSchema,
  subscriptionSchema,
} from '../../../../../subgraphs/payments/providers/stripe/stripe-wire.ts';
import type { UserError } from '../../../../../subgraphs/writes/user-errors.ts';
import { STRIPE_CAPABILITIES } from '../../../../../subgraphs/payments/providers/stripe/stripe-capabilities.ts';
import { paymentsResolvers } from '../../../../../subgraphs/payments/resolvers.ts';
import type { Change } from '../../../../../events/change.ts';
import { toConnection } from '../../../../../subgraphs/paging/connection.ts';
import { SDL } from '../../ask.ts';
import * as stripe from '../../stripe-objects.ts';

const address = {
  line1: '1 Main St',
  line2: null,
  city: null,
  state: null,
  postal_code: null,
  country: null,
};
const account = toBillingAccount(
  customerSchema.parse(stripe.customer('cus_1', { address, balance: 1, currency: 'eur' })),
);
const failure = {
  type: 'card_error',
  code: 'card_declined',
  message: 'No.',
  payment_method: stripe.paymentMethod('pm_1'),
};
const payment = toPayment(
  paymentIntentSchema.parse(stripe.paymentIntent('pi_1', 1, { last_payment_error: failure })),
);
const plan = toRecurringPlan(...planOf(subscriptionSchema.parse(stripe.subscription('sub_1'))));
const invoice = toInvoice(invoiceSchema.parse(stripe.invoice('in_1')));
const page = toConnection(
  'a list',
  { first: 1 },
  { entries: [{ item: payment, position: 'pi_1' }], hasNextPage: false },
);

const CHANGE: Pick<Change, 'id' | 'kind'> = { id: 'pi_1', kind: 'UPDATED' };
const userError: UserError = { code: 'UNKNOWN', field: null, message: 'No.' };

/** A record of every type as the adapter makes it; connections of all kinds are alike. */
const SAMPLES: Record<string, unknown> = {
  Customer: { id: '1' },
  BillingAccount: account,
  PostalAddress: account?.address,
  Payer: account?.payer,
  Money: account?.balance,
  Payment: payment,
  PaymentFailure: payment.failure,
  Dispute: toDispute(disputeSchema.parse(stripe.dispute('du_1'))),
  PaymentMethod: toSavedPaymentMethod(paymentMethodSchema.parse(stripe.paymentMethod('pm_1'))),
  CardSummary: payment.method?.card,
  Refund: toRefund(refundSchema.parse(stripe.refund('re_1'))),
  Invoice: invoice,
  InvoiceLine: toInvoiceLine(lineSchema.parse(stripe.line('il_1'))),
  CheckoutSession: toCheckoutSession(
    checkoutSessionSchema.parse(stripe.checkoutSession('cs_test_1')),
  ),
  UserError: userError,
  Capabilities: STRIPE_CAPABILITIES,
  RecurringPlan: plan,
  RecurringPlanItem: plan.items[0],
  PageInfo: page.pageInfo,
};

const schema = buildSubgraphSchema([
  { typeDefs: parse(SDL), resolvers: paymentsResolvers as never },
]);
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('_'));
/** What the CRM owns of these types. */
const EXTERNAL = new Set(['Customer.billingLink', 'BillingLink.reference', 'BillingLink.emails']);

describe('the schema', () => {
  it('has a resolver or a property of the record for every field', () => {
    const missing = types.filter(isObjectType).flatMap((type) =>
      Object.keys(type.getFields())
        .filter((field) => !field.startsWith('_') && !EXTERNAL.has(`${type.name}.${field}`))
        .filter(
          (field) =>
            !Object.hasOwn((paymentsResolvers as Record<string, object>)[type.name] ?? {}, field),
        )
        .filter((field) => !(field in sampleOf(type.name)))
        .map((field) => `${type.name}.${field}`),
    );
    expect(missing).toEqual([]);
  });

  it('has no resolver for a field that it does not have', () => {
    const unknown = types
      .filter(isObjectType)
      .flatMap((type) =>
        Object.keys((paymentsResolvers as Record<string, object>)[type.name] ?? {}).filter(
          (field) => field !== '__resolveReference' && type.getFields()[field] === undefined,
        ),
      );
    expect(unknown).toEqual([]);
  });

  it('writes its scalars by the graph’s rules', () => {
    const own = types
      .filter(isScalarType)
      .filter(
        (type) => !isSpecifiedScalarType(type) && !/federation|link|FieldSet/i.test(type.name),
      );
    expect(own.map(({ name }) => name).sort()).toEqual([
      'CountryCode',
      'CurrencyCode',
      'Date',
      'DateTime',
      'Decimal',
      'URL',
    ]);
    for (const { name } of own) expect(paymentsResolvers).toHaveProperty(name);
  });

  it('can return every value of its enums', () => {
    const reached: Record<string, Readonly<Record<string, string>>> = {
      PaymentStatus: { ...values.PAYMENT_STATUSES, failed: 'FAILED' },
      PaymentMethodType: values.PAYMENT_METHOD_TYPES,
      RefundStatus: values.REFUND_STATUSES,
      DisputeStatus: values.DISPUTE_STATUSES,
      InvoiceStatus: values.INVOICE_STATUSES,
      RecurringPlanStatus: values.PLAN_STATUSES,
      BillingInterval: values.BILLING_INTERVALS,
      CheckoutSessionStatus: values.SESSION_STATUSES,
    };
    for (const type of types.filter(isEnumType)) {
      // User errors and kinds of changes are no values of Stripe's, and reasons are input alone.
      if (!/^(link|federation)__|^(UserErrorCode|RefundReason|ChangeKind)$/.test(type.name)) {
        expect([
          type.name,
          ...type
            .getValues()
            .map(({ name }) => name)
            .sort(),
        ]).toEqual([
          type.name,
          ...[...new Set([...Object.values(reached[type.name] ?? {}), 'UNKNOWN'])].sort(),
        ]);
      }
    }
  });
});

function planOf(wire: Parameters<typeof toRecurringPlan>[0]): Parameters<typeof toRecurringPlan> {
  return [wire, wire.items.data];
}

function sampleOf(type: string): object {
  const sample = type.endsWith('Payload')
    ? { userErrors: [] }
    : type.endsWith('Change')
      ? CHANGE
      : type.endsWith('Connection')
        ? page
        : type.endsWith('Edge')
          ? page.edges[0]
          : (SAMPLES[type] ?? {});
  return Object(sample) as object;
}
