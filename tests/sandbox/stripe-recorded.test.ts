import { describe, expect, it } from '@jest/globals';
import { type ShapeExceptions, shapeDifferences } from './json-shape.ts';
import { type Exchange, expansionsOf, readStripeRecordings } from './stripe-recordings.ts';
import { openStripe, type Wire } from './stripe-requests.ts';

const exchanges = readStripeRecordings();
const stripe = openStripe();

const PATHS: Readonly<Record<string, string>> = {
  charge: '/v1/charges',
  customer: '/v1/customers',
  invoice: '/v1/invoices',
  payment_intent: '/v1/payment_intents',
  payment_method: '/v1/payment_methods',
  subscription: '/v1/subscriptions',
};

const UNRECORDED_TYPE =
  'of a type that was not recorded; after https://docs.stripe.com/api/payment_methods/object';
const NOT_SETTLED = 'only what succeeded was recorded';
const ANONYMOUS = 'the recorded customers all had names and addresses';

const EXCEPTIONS: Readonly<Record<string, ShapeExceptions>> = {
  balance_transaction: { meant: { description: 'those recorded were of described payments' } },
  charge: {
    meant: {
      calculated_statement_descriptor: NOT_SETTLED,
      'payment_method_details.bacs_debit': UNRECORDED_TYPE,
      'payment_method_details.card': 'all recorded ones were paid by card',
      'payment_method_details.link': UNRECORDED_TYPE,
      'payment_method_details.sepa_debit': UNRECORDED_TYPE,
      'payment_method_details.us_bank_account': UNRECORDED_TYPE,
      receipt_url: NOT_SETTLED,
    },
  },
  customer: { maps: ['metadata'], meant: { email: ANONYMOUS } },
  invoice: { meant: { customer_email: ANONYMOUS, customer_name: ANONYMOUS } },
  invoice_payment: {
    meant: { amount_paid: NOT_SETTLED, 'status_transitions.paid_at': NOT_SETTLED },
  },
  line_item: {},
  payment_intent: { meant: { payment_method: NOT_SETTLED } },
  payment_method: {
    meant: { bacs_debit: UNRECORDED_TYPE, link: UNRECORDED_TYPE, us_bank_account: UNRECORDED_TYPE },
  },
  plan: {},
  price: {},
  subscription: {},
  subscription_item: {},
};

const codeOf = (body: unknown) => (body as { error?: { code?: string } }).error?.code;

const ERRORS = [
  {
    name: 'an id that does not exist',
    recordedStatus: 404,
    recordedCode: 'resource_missing',
    answer: stripe.ask('/v1/payment_methods/abcd'),
  },
  {
    name: 'a parameter that is out of bounds',
    recordedStatus: 400,
    recordedCode: 'parameter_invalid_integer',
    answer: stripe.ask('/v1/charges?limit=0'),
  },
];

/** Reads and writes alike: both answer the object. */
const fitting = (exchanges ?? []).filter(
  ({ status, body }) => status === 200 && (body as Wire).object in PATHS,
);

/** All that is of one kind, wherever it is nested; what is nested in it is compared on its own. */
function partsOf(kind: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const parts = Object.values(value).flatMap((inner) => partsOf(kind, inner));
  return (value as Partial<Wire>).object === kind ? [withoutParts(value), ...parts] : parts;
}

function withoutParts(value: object): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, replaceParts(inner)]),
  );
}

/** An expanded object is as good as its id. */
function replaceParts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(replaceParts);
  const { object } = value as Partial<Wire>;
  return object === undefined || object === 'list' ? withoutParts(value) : object;
}

const answersLike = (exchange: Exchange): unknown[] => {
  const { object } = exchange.body as Wire;
  const path = PATHS[object] ?? '';
  const query = expansionsOf(exchange).map(
    (expansion) => `expand[]=${encodeURIComponent(expansion)}`,
  );
  return stripe
    .every(path, object === 'subscription' ? { status: 'all' } : {})
    .map(({ id }) => stripe.get(`${path}/${id}?${query.join('&')}`));
};

const questions = new Map(
  fitting.map((exchange) => [
    [(exchange.body as Wire).object, ...expansionsOf(exchange)].join(' '),
    exchange,
  ]),
);

(exchanges === undefined ? describe.skip : describe)(
  'Stripe sandbox vendor, held against what Stripe was recorded to answer',
  () => {
    const recorded = fitting.map(({ body }) => body);
    const answered = [...questions.values()].flatMap(answersLike);

    it('gets all recorded requests', () => {
      expect([...questions.keys()].sort()).toEqual([
        'charge balance_transaction payment_intent refunds.data.balance_transaction',
        'customer',
        'customer invoice_credit_balance tax',
        'invoice',
        'invoice total_discount_amounts.discount.source.coupon',
        'payment_intent',
        'payment_intent latest_charge.balance_transaction latest_charge.payment_intent latest_charge.refunds.data.balance_transaction',
        'payment_method',
        'subscription default_payment_method discounts latest_invoice.confirmation_secret latest_invoice.payments latest_invoice.total_discount_amounts.discount pending_setup_intent schedule',
      ]);
    });

    it.each(Object.entries(EXCEPTIONS))(
      'returns each %s in the recorded shape',
      (kind, exceptions) => {
        const ours = partsOf(kind, answered);
        expect(ours.length).toBeGreaterThan(100);
        expect(shapeDifferences(ours, partsOf(kind, recorded), exceptions)).toEqual([]);
      },
    );

    it.each(ERRORS)(
      'returns errors in the recorded shape: $name',
      ({ recordedStatus, recordedCode, answer }) => {
        const recorded = (exchanges ?? []).filter(
          ({ status, body }) => status === recordedStatus && codeOf(body) === recordedCode,
        );
        expect(recorded.length).toBeGreaterThan(0);
        expect(answer.status).toBe(recordedStatus);
        const bodies = recorded.map(({ body }) => body);
        expect(shapeDifferences([answer.body], bodies)).toEqual([]);
        for (const { responseHeaders } of recorded)
          expect(Object.keys(responseHeaders)).toEqual(
            expect.arrayContaining(Object.keys(answer.headers ?? {})),
          );
      },
    );

    it('returns lists of invoice payments in the recorded shape', () => {
      const lists = (exchanges ?? []).filter(
        ({ path, status }) => path.startsWith('/v1/invoice_payments?') && status === 200,
      );
      expect(lists.length).toBeGreaterThan(5);
      const intents = stripe
        .every('/v1/payment_intents')
        .filter((intent) => intent['payment_details'] !== undefined);
      const ours = intents.map(({ id }) =>
        stripe.list(
          `/v1/invoice_payments?payment[payment_intent]=${id}&payment[type]=payment_intent&status=paid`,
        ),
      );
      expect(
        shapeDifferences(
          ours,
          lists.map(({ body }) => body),
        ),
      ).toEqual([]);
    });
  },
);
