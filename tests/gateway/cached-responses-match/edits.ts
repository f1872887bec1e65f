import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { textAt } from '../../../sandbox/stripe/stripe-json.ts';
import type { Random } from '../../../sandbox/world/random.ts';
import type { TestGateway } from '../start-gateway.ts';
import type { Records } from './records.ts';

/** What a change needs. */
export interface ChangeContext {
  readonly sandbox: Sandbox;
  /** The gateway with caches, for mutations. */
  readonly gateway: TestGateway;
  readonly records: Records;
  readonly random: Random;
  /** Different for each change. */
  readonly step: number;
}

/** A change in a vendor, or by a mutation. It throws where the vendor refuses it, such as a second deletion. */
type Edit = (context: ChangeContext) => unknown;

type Linked = 'contacts' | 'companies' | 'deals';

/** One of them, preferring the newest. */
function one(context: ChangeContext, kind: keyof Records): string {
  const { records, random } = context;
  const items = records[kind];
  const found = random.chance(0.2) ? items.at(-1) : items[random.integer(0, items.length - 1)];
  if (found === undefined) throw new Error(`There are no ${kind}.`);
  return found;
}

const HUBSPOT: Readonly<Record<string, Edit>> = {
  renameContact: (context) => {
    context.sandbox.hubspot.edit.update('contacts', one(context, 'contacts'), {
      firstname: `Renamed ${String(context.step)}`,
    });
  },
  changeContact: (context) => {
    const [name, value] = context.random.pick<readonly [string, string | number | null]>([
      ['jobtitle', `Job ${String(context.step)}`],
      ['city', `City ${String(context.step)}`],
      ['loyalty_points', context.step],
      ['loyalty_tier', 'gold_member'],
      ['lifecyclestage', 'customer'],
      ['lifecyclestage', null],
    ]);
    context.sandbox.hubspot.edit.update('contacts', one(context, 'contacts'), { [name]: value });
  },
  changeEmail: (context) => {
    const email = `changed-${String(context.step)}@example.com`;
    context.sandbox.hubspot.edit.update('contacts', one(context, 'contacts'), { email });
  },
  takeEmailOfOther: (context) => {
    const { edit } = context.sandbox.hubspot;
    edit.update('contacts', one(context, 'contacts'), { email: null });
    edit.update('contacts', one(context, 'contacts'), { email: one(context, 'emails') });
  },
  createContact: (context) => {
    const id = context.sandbox.hubspot.edit.create('contacts', {
      firstname: `Renamed and new ${String(context.step)}`,
      email: `new-${String(context.step)}@example.com`,
      lifecyclestage: 'lead',
    });
    context.records.contacts.push(id);
  },
  archiveContact: (context) => {
    context.sandbox.hubspot.edit.archive('contacts', one(context, 'contacts'));
  },
  restoreContact: (context) => {
    context.sandbox.hubspot.edit.restore('contacts', one(context, 'contacts'));
  },
  eraseContact: (context) => {
    context.sandbox.hubspot.edit.erase('contacts', one(context, 'contacts'));
  },
  mergeContacts: (context) => {
    const { edit } = context.sandbox.hubspot;
    const id = edit.merge('contacts', one(context, 'contacts'), one(context, 'contacts'));
    context.records.contacts.push(id);
  },
  renameCompany: (context) => {
    context.sandbox.hubspot.edit.update('companies', one(context, 'companies'), {
      [context.random.pick(['name', 'city', 'vat_number'])]: `Firm ${String(context.step)}`,
    });
  },
  changeIndustry: (context) => {
    context.sandbox.hubspot.edit.update('companies', one(context, 'companies'), {
      industry: context.random.pick(['COMPUTER_SOFTWARE', 'RETAIL']),
    });
  },
  archiveCompany: (context) => {
    context.sandbox.hubspot.edit.archive('companies', one(context, 'companies'));
  },
  restoreCompany: (context) => {
    context.sandbox.hubspot.edit.restore('companies', one(context, 'companies'));
  },
  mergeCompanies: (context) => {
    const { edit } = context.sandbox.hubspot;
    context.records.companies.push(
      edit.merge('companies', one(context, 'companies'), one(context, 'companies')),
    );
  },
  createCompany: (context) => {
    context.records.companies.push(
      context.sandbox.hubspot.edit.create('companies', { name: `New ${String(context.step)}` }),
    );
  },
  changeDeal: (context) => {
    const [name, value] = context.random.pick<readonly [string, string | number | null]>([
      ['dealname', `Deal ${String(context.step)}`],
      ['dealstage', 'closedwon'],
      ['amount', context.step],
      ['hubspot_owner_id', null],
    ]);
    context.sandbox.hubspot.edit.update('deals', one(context, 'deals'), { [name]: value });
  },
  createDeal: (context) => {
    const { edit } = context.sandbox.hubspot;
    const id = edit.create('deals', {
      dealname: `New ${String(context.step)}`,
      dealstage: 'appointmentscheduled',
      pipeline: 'default',
    });
    context.records.deals.push(id);
    edit.associate({ type: 'deals', id }, { type: 'contacts', id: one(context, 'contacts') }, 3);
  },
  archiveDeal: (context) => {
    context.sandbox.hubspot.edit.archive('deals', one(context, 'deals'));
  },
  mergeDeals: (context) => {
    context.records.deals.push(
      context.sandbox.hubspot.edit.merge('deals', one(context, 'deals'), one(context, 'deals')),
    );
  },
  link: (context) => {
    const [from, to, typeId] = context.random.pick<readonly [Linked, Linked, number]>([
      ['contacts', 'companies', 1],
      ['contacts', 'companies', 279],
      ['companies', 'contacts', 2],
      ['deals', 'contacts', 3],
      ['deals', 'companies', 5],
      ['deals', 'companies', 341],
    ]);
    context.sandbox.hubspot.edit.associate(
      { type: from, id: one(context, from) },
      { type: to, id: one(context, to) },
      typeId,
    );
  },
  unlink: (context) => {
    const [from, to] = context.random.pick<readonly [Linked, Linked]>([
      ['contacts', 'companies'],
      ['deals', 'contacts'],
      ['deals', 'companies'],
    ]);
    context.sandbox.hubspot.edit.dissociate(
      { type: from, id: one(context, from) },
      { type: to, id: one(context, to) },
    );
  },
};

type Params = Readonly<Record<string, string | number>>;

const write = (context: ChangeContext, path: string, params: Params = {}, method = 'POST') =>
  context.sandbox.stripe.edit.write(method, path, params);

/** @returns the id of the written object */
const written = (context: ChangeContext, path: string, params: Params = {}) =>
  textAt(write(context, path, params), 'id');

const PRICE = { currency: 'eur', unit_amount: 500 };

const STRIPE: Readonly<Record<string, Edit>> = {
  changeAccount: (context) =>
    write(
      context,
      `/v1/customers/${one(context, 'accounts')}`,
      context.random.pick<Params>([
        { name: `Payer ${String(context.step)}` },
        { phone: `+1 555 ${String(context.step)}` },
        { 'metadata[signup_source]': 'web' },
        { balance: context.step },
        { 'address[city]': `City ${String(context.step)}` },
      ]),
    ),
  changeAccountEmail: (context) =>
    write(context, `/v1/customers/${one(context, 'accounts')}`, {
      email: context.random.chance(0.5)
        ? one(context, 'emails')
        : `payer-${String(context.step)}@example.com`,
    }),
  createAccount: (context) => {
    context.records.accounts.push(
      written(context, '/v1/customers', { email: one(context, 'emails') }),
    );
  },
  deleteAccount: (context) =>
    write(context, `/v1/customers/${one(context, 'accounts')}`, {}, 'DELETE'),
  changeBalance: (context) =>
    write(context, `/v1/customers/${one(context, 'accounts')}/balance_transactions`, {
      amount: -context.step,
      currency: context.random.pick(['eur', 'usd', 'gbp']),
    }),
  pay: (context) => {
    context.records.payments.push(
      written(context, '/v1/payment_intents', {
        amount: 1000 + context.step,
        currency: 'eur',
        customer: one(context, 'accounts'),
        confirm: 'true',
        payment_method: context.random.pick(['pm_card_visa', 'pm_card_chargeDeclined']),
        capture_method: context.random.pick(['automatic', 'manual']),
      }),
    );
  },
  capture: (context) =>
    write(context, `/v1/payment_intents/${one(context, 'payments')}/capture`, {
      amount_to_capture: 500,
    }),
  cancelPayment: (context) =>
    write(context, `/v1/payment_intents/${one(context, 'payments')}/cancel`),
  confirmPayment: (context) =>
    write(context, `/v1/payment_intents/${one(context, 'payments')}/confirm`, {
      payment_method: 'pm_card_visa',
    }),
  settlePayment: (context) => context.sandbox.stripe.edit.settlePayment(one(context, 'payments')),
  refund: (context) => {
    const refund = written(context, '/v1/refunds', {
      payment_intent: one(context, 'payments'),
      amount: 100,
    });
    if (context.random.chance(0.4)) context.sandbox.stripe.edit.failRefund(refund);
  },
  payInvoice: (context) => context.sandbox.stripe.edit.payInvoice(one(context, 'invoices')),
  createInvoice: (context) => {
    const customer = one(context, 'accounts');
    const invoice = written(context, '/v1/invoices', {
      customer,
      collection_method: 'send_invoice',
      days_until_due: 5,
      currency: 'eur',
    });
    context.records.invoices.push(invoice);
    write(context, '/v1/invoiceitems', { customer, invoice, amount: 700, currency: 'eur' });
    if (context.random.chance(0.5)) write(context, `/v1/invoices/${invoice}/finalize`);
  },
  addLine: (context) =>
    write(context, `/v1/invoices/${one(context, 'invoices')}/add_lines`, {
      'lines[0][amount]': 300,
      'lines[0][description]': `Line ${String(context.step)}`,
    }),
  changeInvoice: (context) =>
    write(context, `/v1/invoices/${one(context, 'invoices')}`, {
      'metadata[cost_centre]': `C${String(context.step)}`,
    }),
  finalizeInvoice: (context) => write(context, `/v1/invoices/${one(context, 'invoices')}/finalize`),
  voidInvoice: (context) => write(context, `/v1/invoices/${one(context, 'invoices')}/void`),
  deleteDraft: (context) =>
    write(context, `/v1/invoices/${one(context, 'invoices')}`, {}, 'DELETE'),
  createPlan: (context) => {
    context.records.plans.push(
      written(context, '/v1/subscriptions', {
        customer: one(context, 'accounts'),
        collection_method: 'send_invoice',
        days_until_due: 5,
        'items[0][price]': one(context, 'prices'),
      }),
    );
  },
  changePlan: (context) =>
    write(
      context,
      `/v1/subscriptions/${one(context, 'plans')}`,
      context.random.pick<Params>([
        { cancel_at_period_end: 'true' },
        { cancel_at_period_end: 'false' },
        { 'metadata[trial]': 'true' },
        { 'pause_collection[behavior]': 'void' },
      ]),
    ),
  cancelPlan: (context) =>
    write(context, `/v1/subscriptions/${one(context, 'plans')}`, {}, 'DELETE'),
  attachMethod: (context) => {
    context.records.methods.push(
      written(context, '/v1/payment_methods/pm_card_visa/attach', {
        customer: one(context, 'accounts'),
      }),
    );
  },
  detachMethod: (context) =>
    write(context, `/v1/payment_methods/${one(context, 'methods')}/detach`),
  renewCard: (context) =>
    context.sandbox.stripe.edit.update('payment_method', one(context, 'methods'), {
      card: { brand: 'visa', last4: '4242', exp_month: 1, exp_year: 2030 + (context.step % 50) },
    }),
  sendEvidence: (context) =>
    write(context, `/v1/disputes/${one(context, 'disputes')}`, {
      'evidence[uncategorized_text]': `Evidence ${String(context.step)}`,
      submit: 'true',
    }),
  closeDispute: (context) => write(context, `/v1/disputes/${one(context, 'disputes')}/close`),
  checkOut: (context) => {
    const session = written(context, '/v1/checkout/sessions', {
      mode: 'payment',
      customer: one(context, 'accounts'),
      success_url: 'https://example.com/',
      'line_items[0][quantity]': 1,
      'line_items[0][price_data][currency]': PRICE.currency,
      'line_items[0][price_data][unit_amount]': PRICE.unit_amount,
      'line_items[0][price_data][product_data][name]': 'Thing',
    });
    const { edit } = context.sandbox.stripe;
    if (context.random.chance(0.3)) return edit.expireCheckout(session);
    return context.records.payments.push(textAt(edit.completeCheckout(session), 'payment_intent'));
  },
};

async function mutate({ gateway }: ChangeContext, input: string): Promise<void> {
  const { data, errors } = await gateway.query(`mutation { ${input} }`);
  if (errors !== undefined || JSON.stringify(data).includes('"message"'))
    throw new Error(`${input}: ${JSON.stringify(errors ?? data)}`);
}

const ERRORS = '{ userErrors { message } }';

const MUTATIONS: Readonly<Record<string, Edit>> = {
  updateCustomer: (context) =>
    mutate(
      context,
      `updateCustomer(input: { id: "${one(context, 'contacts')}", firstName: "Renamed ${String(context.step)}" }) ${ERRORS}`,
    ),
  moveCustomer: (context) =>
    mutate(
      context,
      `updateCustomer(input: { id: "${one(context, 'contacts')}", companyId: "${one(context, 'companies')}" }) ${ERRORS}`,
    ),
  createDealByMutation: (context) =>
    mutate(
      context,
      `createDeal(input: { title: "Made", companyId: "${one(context, 'companies')}", customerIds: ["${one(context, 'contacts')}"] }) ${ERRORS}`,
    ),
  createCustomer: (context) =>
    mutate(
      context,
      `createCustomer(input: { firstName: "Renamed", email: "made-${String(context.step)}@example.com", companyId: "${one(context, 'companies')}" }) ${ERRORS}`,
    ),
  refundPayment: (context) =>
    mutate(
      context,
      `refundPayment(input: { paymentId: "${one(context, 'payments')}", amount: { amount: "1.00", currency: "EUR" } }) ${ERRORS}`,
    ),
  voidByMutation: (context) =>
    mutate(context, `voidInvoice(input: { invoiceId: "${one(context, 'invoices')}" }) ${ERRORS}`),
  cancelByMutation: (context) =>
    mutate(
      context,
      `cancelRecurringPlan(input: { recurringPlanId: "${one(context, 'plans')}", atPeriodEnd: true }) ${ERRORS}`,
    ),
};

const EDITS = Object.entries({ ...HUBSPOT, ...STRIPE, ...MUTATIONS });

/** Makes one of all changes. @returns its name; undefined if the vendor has refused it */
export async function change(context: ChangeContext): Promise<string | undefined> {
  const [name, edit] = EDITS[context.random.integer(0, EDITS.length - 1)] ?? ['', () => undefined];
  try {
    await edit(context);
    return name;
  } catch (error) {
    // A mistake of the edit itself.
    if (/^TypeError|GRAPHQL_VALIDATION_FAILED/.test(String(error))) throw error;
    return undefined;
  }
}

/** A change of each vendor that its API lists, so that a catch-up finds it. */
export async function createRecords(context: ChangeContext): Promise<void> {
  await HUBSPOT['createContact']?.(context);
  await STRIPE['createAccount']?.(context);
}
