import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { textAt } from '../../../sandbox/stripe/stripe-json.ts';
import type { Random } from '../../../sandbox/world/random.ts';
import type { TestGateway } from '../start-gateway.ts';
import type { Records } from './records.ts';

/** What a change needs. */
export interface Walk {
  readonly sandbox: Sandbox;
  /** The gateway with caches, for mutations. */
  readonly gateway: TestGateway;
  readonly records: Records;
  readonly random: Random;
  /** Different for each change. */
  readonly step: number;
}

/** A change in a vendor, or by a mutation. It throws where the vendor refuses it, such as a second deletion. */
type Edit = (walk: Walk) => unknown;

type Linked = 'contacts' | 'companies' | 'deals';

/** One of them, preferring the newest. */
function one(walk: Walk, kind: keyof Records): string {
  const { records, random } = walk;
  const items = records[kind];
  const found = random.chance(0.2) ? items.at(-1) : items[random.integer(0, items.length - 1)];
  if (found === undefined) throw new Error(`There are no ${kind}.`);
  return found;
}

const HUBSPOT: Readonly<Record<string, Edit>> = {
  renameContact: (walk) => {
    walk.sandbox.hubspot.edit.update('contacts', one(walk, 'contacts'), {
      firstname: `Renamed ${String(walk.step)}`,
    });
  },
  changeContact: (walk) => {
    const [name, value] = walk.random.pick<readonly [string, string | number | null]>([
      ['jobtitle', `Job ${String(walk.step)}`],
      ['city', `City ${String(walk.step)}`],
      ['loyalty_points', walk.step],
      ['loyalty_tier', 'gold_member'],
      ['lifecyclestage', 'customer'],
      ['lifecyclestage', null],
    ]);
    walk.sandbox.hubspot.edit.update('contacts', one(walk, 'contacts'), { [name]: value });
  },
  changeEmail: (walk) => {
    const email = `changed-${String(walk.step)}@example.com`;
    walk.sandbox.hubspot.edit.update('contacts', one(walk, 'contacts'), { email });
  },
  takeEmailOfOther: (walk) => {
    const { edit } = walk.sandbox.hubspot;
    edit.update('contacts', one(walk, 'contacts'), { email: null });
    edit.update('contacts', one(walk, 'contacts'), { email: one(walk, 'emails') });
  },
  createContact: (walk) => {
    const id = walk.sandbox.hubspot.edit.create('contacts', {
      firstname: `Renamed and new ${String(walk.step)}`,
      email: `new-${String(walk.step)}@example.com`,
      lifecyclestage: 'lead',
    });
    walk.records.contacts.push(id);
  },
  archiveContact: (walk) => {
    walk.sandbox.hubspot.edit.archive('contacts', one(walk, 'contacts'));
  },
  restoreContact: (walk) => {
    walk.sandbox.hubspot.edit.restore('contacts', one(walk, 'contacts'));
  },
  eraseContact: (walk) => {
    walk.sandbox.hubspot.edit.erase('contacts', one(walk, 'contacts'));
  },
  mergeContacts: (walk) => {
    const { edit } = walk.sandbox.hubspot;
    const id = edit.merge('contacts', one(walk, 'contacts'), one(walk, 'contacts'));
    walk.records.contacts.push(id);
  },
  renameCompany: (walk) => {
    walk.sandbox.hubspot.edit.update('companies', one(walk, 'companies'), {
      [walk.random.pick(['name', 'city', 'vat_number'])]: `Firm ${String(walk.step)}`,
    });
  },
  changeIndustry: (walk) => {
    walk.sandbox.hubspot.edit.update('companies', one(walk, 'companies'), {
      industry: walk.random.pick(['COMPUTER_SOFTWARE', 'RETAIL']),
    });
  },
  archiveCompany: (walk) => {
    walk.sandbox.hubspot.edit.archive('companies', one(walk, 'companies'));
  },
  restoreCompany: (walk) => {
    walk.sandbox.hubspot.edit.restore('companies', one(walk, 'companies'));
  },
  mergeCompanies: (walk) => {
    const { edit } = walk.sandbox.hubspot;
    walk.records.companies.push(
      edit.merge('companies', one(walk, 'companies'), one(walk, 'companies')),
    );
  },
  createCompany: (walk) => {
    walk.records.companies.push(
      walk.sandbox.hubspot.edit.create('companies', { name: `New ${String(walk.step)}` }),
    );
  },
  changeDeal: (walk) => {
    const [name, value] = walk.random.pick<readonly [string, string | number | null]>([
      ['dealname', `Deal ${String(walk.step)}`],
      ['dealstage', 'closedwon'],
      ['amount', walk.step],
      ['hubspot_owner_id', null],
    ]);
    walk.sandbox.hubspot.edit.update('deals', one(walk, 'deals'), { [name]: value });
  },
  createDeal: (walk) => {
    const { edit } = walk.sandbox.hubspot;
    const id = edit.create('deals', {
      dealname: `New ${String(walk.step)}`,
      dealstage: 'appointmentscheduled',
      pipeline: 'default',
    });
    walk.records.deals.push(id);
    edit.associate({ type: 'deals', id }, { type: 'contacts', id: one(walk, 'contacts') }, 3);
  },
  archiveDeal: (walk) => {
    walk.sandbox.hubspot.edit.archive('deals', one(walk, 'deals'));
  },
  mergeDeals: (walk) => {
    walk.records.deals.push(
      walk.sandbox.hubspot.edit.merge('deals', one(walk, 'deals'), one(walk, 'deals')),
    );
  },
  link: (walk) => {
    const [from, to, typeId] = walk.random.pick<readonly [Linked, Linked, number]>([
      ['contacts', 'companies', 1],
      ['contacts', 'companies', 279],
      ['companies', 'contacts', 2],
      ['deals', 'contacts', 3],
      ['deals', 'companies', 5],
      ['deals', 'companies', 341],
    ]);
    walk.sandbox.hubspot.edit.associate(
      { type: from, id: one(walk, from) },
      { type: to, id: one(walk, to) },
      typeId,
    );
  },
  unlink: (walk) => {
    const [from, to] = walk.random.pick<readonly [Linked, Linked]>([
      ['contacts', 'companies'],
      ['deals', 'contacts'],
      ['deals', 'companies'],
    ]);
    walk.sandbox.hubspot.edit.dissociate(
      { type: from, id: one(walk, from) },
      { type: to, id: one(walk, to) },
    );
  },
};

type Params = Readonly<Record<string, string | number>>;

const write = (walk: Walk, path: string, params: Params = {}, method = 'POST') =>
  walk.sandbox.stripe.edit.write(method, path, params);

/** @returns the id of the written object */
const written = (walk: Walk, path: string, params: Params = {}) =>
  textAt(write(walk, path, params), 'id');

const PRICE = { currency: 'eur', unit_amount: 500 };

const STRIPE: Readonly<Record<string, Edit>> = {
  changeAccount: (walk) =>
    write(
      walk,
      `/v1/customers/${one(walk, 'accounts')}`,
      walk.random.pick<Params>([
        { name: `Payer ${String(walk.step)}` },
        { phone: `+1 555 ${String(walk.step)}` },
        { 'metadata[signup_source]': 'web' },
        { balance: walk.step },
        { 'address[city]': `City ${String(walk.step)}` },
      ]),
    ),
  changeAccountEmail: (walk) =>
    write(walk, `/v1/customers/${one(walk, 'accounts')}`, {
      email: walk.random.chance(0.5)
        ? one(walk, 'emails')
        : `payer-${String(walk.step)}@example.com`,
    }),
  createAccount: (walk) => {
    walk.records.accounts.push(written(walk, '/v1/customers', { email: one(walk, 'emails') }));
  },
  deleteAccount: (walk) => write(walk, `/v1/customers/${one(walk, 'accounts')}`, {}, 'DELETE'),
  changeBalance: (walk) =>
    write(walk, `/v1/customers/${one(walk, 'accounts')}/balance_transactions`, {
      amount: -walk.step,
      currency: walk.random.pick(['eur', 'usd', 'gbp']),
    }),
  pay: (walk) => {
    walk.records.payments.push(
      written(walk, '/v1/payment_intents', {
        amount: 1000 + walk.step,
        currency: 'eur',
        customer: one(walk, 'accounts'),
        confirm: 'true',
        payment_method: walk.random.pick(['pm_card_visa', 'pm_card_chargeDeclined']),
        capture_method: walk.random.pick(['automatic', 'manual']),
      }),
    );
  },
  capture: (walk) =>
    write(walk, `/v1/payment_intents/${one(walk, 'payments')}/capture`, {
      amount_to_capture: 500,
    }),
  cancelPayment: (walk) => write(walk, `/v1/payment_intents/${one(walk, 'payments')}/cancel`),
  confirmPayment: (walk) =>
    write(walk, `/v1/payment_intents/${one(walk, 'payments')}/confirm`, {
      payment_method: 'pm_card_visa',
    }),
  settlePayment: (walk) => walk.sandbox.stripe.edit.settlePayment(one(walk, 'payments')),
  refund: (walk) => {
    const refund = written(walk, '/v1/refunds', {
      payment_intent: one(walk, 'payments'),
      amount: 100,
    });
    if (walk.random.chance(0.4)) walk.sandbox.stripe.edit.failRefund(refund);
  },
  payInvoice: (walk) => walk.sandbox.stripe.edit.payInvoice(one(walk, 'invoices')),
  createInvoice: (walk) => {
    const customer = one(walk, 'accounts');
    const invoice = written(walk, '/v1/invoices', {
      customer,
      collection_method: 'send_invoice',
      days_until_due: 5,
      currency: 'eur',
    });
    walk.records.invoices.push(invoice);
    write(walk, '/v1/invoiceitems', { customer, invoice, amount: 700, currency: 'eur' });
    if (walk.random.chance(0.5)) write(walk, `/v1/invoices/${invoice}/finalize`);
  },
  addLine: (walk) =>
    write(walk, `/v1/invoices/${one(walk, 'invoices')}/add_lines`, {
      'lines[0][amount]': 300,
      'lines[0][description]': `Line ${String(walk.step)}`,
    }),
  changeInvoice: (walk) =>
    write(walk, `/v1/invoices/${one(walk, 'invoices')}`, {
      'metadata[cost_centre]': `C${String(walk.step)}`,
    }),
  finalizeInvoice: (walk) => write(walk, `/v1/invoices/${one(walk, 'invoices')}/finalize`),
  voidInvoice: (walk) => write(walk, `/v1/invoices/${one(walk, 'invoices')}/void`),
  deleteDraft: (walk) => write(walk, `/v1/invoices/${one(walk, 'invoices')}`, {}, 'DELETE'),
  createPlan: (walk) => {
    walk.records.plans.push(
      written(walk, '/v1/subscriptions', {
        customer: one(walk, 'accounts'),
        collection_method: 'send_invoice',
        days_until_due: 5,
        'items[0][price]': one(walk, 'prices'),
      }),
    );
  },
  changePlan: (walk) =>
    write(
      walk,
      `/v1/subscriptions/${one(walk, 'plans')}`,
      walk.random.pick<Params>([
        { cancel_at_period_end: 'true' },
        { cancel_at_period_end: 'false' },
        { 'metadata[trial]': 'true' },
        { 'pause_collection[behavior]': 'void' },
      ]),
    ),
  cancelPlan: (walk) => write(walk, `/v1/subscriptions/${one(walk, 'plans')}`, {}, 'DELETE'),
  attachMethod: (walk) => {
    walk.records.methods.push(
      written(walk, '/v1/payment_methods/pm_card_visa/attach', {
        customer: one(walk, 'accounts'),
      }),
    );
  },
  detachMethod: (walk) => write(walk, `/v1/payment_methods/${one(walk, 'methods')}/detach`),
  renewCard: (walk) =>
    walk.sandbox.stripe.edit.update('payment_method', one(walk, 'methods'), {
      card: { brand: 'visa', last4: '4242', exp_month: 1, exp_year: 2030 + (walk.step % 50) },
    }),
  sendEvidence: (walk) =>
    write(walk, `/v1/disputes/${one(walk, 'disputes')}`, {
      'evidence[uncategorized_text]': `Evidence ${String(walk.step)}`,
      submit: 'true',
    }),
  closeDispute: (walk) => write(walk, `/v1/disputes/${one(walk, 'disputes')}/close`),
  checkOut: (walk) => {
    const session = written(walk, '/v1/checkout/sessions', {
      mode: 'payment',
      customer: one(walk, 'accounts'),
      success_url: 'https://example.com/',
      'line_items[0][quantity]': 1,
      'line_items[0][price_data][currency]': PRICE.currency,
      'line_items[0][price_data][unit_amount]': PRICE.unit_amount,
      'line_items[0][price_data][product_data][name]': 'Thing',
    });
    const { edit } = walk.sandbox.stripe;
    if (walk.random.chance(0.3)) return edit.expireCheckout(session);
    return walk.records.payments.push(textAt(edit.completeCheckout(session), 'payment_intent'));
  },
};

async function mutate({ gateway }: Walk, input: string): Promise<void> {
  const { data, errors } = await gateway.query(`mutation { ${input} }`);
  if (errors !== undefined || JSON.stringify(data).includes('"message"'))
    throw new Error(`${input}: ${JSON.stringify(errors ?? data)}`);
}

const ERRORS = '{ userErrors { message } }';

const MUTATIONS: Readonly<Record<string, Edit>> = {
  updateCustomer: (walk) =>
    mutate(
      walk,
      `updateCustomer(input: { id: "${one(walk, 'contacts')}", firstName: "Renamed ${String(walk.step)}" }) ${ERRORS}`,
    ),
  moveCustomer: (walk) =>
    mutate(
      walk,
      `updateCustomer(input: { id: "${one(walk, 'contacts')}", companyId: "${one(walk, 'companies')}" }) ${ERRORS}`,
    ),
  createDealByMutation: (walk) =>
    mutate(
      walk,
      `createDeal(input: { title: "Made", companyId: "${one(walk, 'companies')}", customerIds: ["${one(walk, 'contacts')}"] }) ${ERRORS}`,
    ),
  createCustomer: (walk) =>
    mutate(
      walk,
      `createCustomer(input: { firstName: "Renamed", email: "made-${String(walk.step)}@example.com", companyId: "${one(walk, 'companies')}" }) ${ERRORS}`,
    ),
  refundPayment: (walk) =>
    mutate(
      walk,
      `refundPayment(input: { paymentId: "${one(walk, 'payments')}", amount: { amount: "1.00", currency: "EUR" } }) ${ERRORS}`,
    ),
  voidByMutation: (walk) =>
    mutate(walk, `voidInvoice(input: { invoiceId: "${one(walk, 'invoices')}" }) ${ERRORS}`),
  cancelByMutation: (walk) =>
    mutate(
      walk,
      `cancelRecurringPlan(input: { recurringPlanId: "${one(walk, 'plans')}", atPeriodEnd: true }) ${ERRORS}`,
    ),
};

const EDITS = Object.entries({ ...HUBSPOT, ...STRIPE, ...MUTATIONS });

/** Makes one of all changes. @returns its name; undefined if the vendor has refused it */
export async function change(walk: Walk): Promise<string | undefined> {
  const [name, edit] = EDITS[walk.random.integer(0, EDITS.length - 1)] ?? ['', () => undefined];
  try {
    await edit(walk);
    return name;
  } catch (error) {
    // A mistake of the edit itself.
    if (/^TypeError|GRAPHQL_VALIDATION_FAILED/.test(String(error))) throw error;
    return undefined;
  }
}

/** A change of each vendor that its API lists, so that a catch-up finds it. */
export async function createRecords(walk: Walk): Promise<void> {
  await HUBSPOT['createContact']?.(walk);
  await STRIPE['createAccount']?.(walk);
}
