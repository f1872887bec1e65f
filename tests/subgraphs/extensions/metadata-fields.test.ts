import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { payments } from '../../../subgraphs/payments/subgraph.ts';
import { readExtension } from '../../../subgraphs/extensions/read-extension.ts';
import type { Run } from '../../federation/run-operation.ts';
import { readSdl } from '../open-subgraph.ts';
import { startExtended } from './start-extended.ts';

const FIELDS = `
  enum Source { WEB @value(is: "web") SALES @value(is: "sales") MOBILE @value(is: "mobile") UNKNOWN }
  extend type BillingAccount {
    source: Source @property(name: "signup_source", write: true)
    legacyId: Int @property(name: "legacy-id", write: true)
    signedOn: Date @property(name: "signed on", write: true)
  }
  extend type Payment { orderId: String @property(name: "order_id") }
  extend type Invoice { costCentre: String @property(name: "cost_centre", write: true) }
  extend type RecurringPlan { trial: Boolean @property(name: "trial", write: true) }
`;

let sandbox: Sandbox<'hubspot' | 'stripe'>;
let run: Run;
let close: () => Promise<void>;
beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot', 'stripe'] });
  ({ run, close } = startExtended(sandbox.environment, { payments: FIELDS }));
});
afterAll(async () => {
  await close();
  await sandbox.close();
});

describe('custom fields of Stripe metadata', () => {
  it('are read and written with billing accounts, invoices and plans', async () => {
    const created = await run(`mutation {
      createBillingAccount(input: { name: "Ek", source: SALES, legacyId: 7, signedOn: "2026-02-03" }) {
        billingAccount { id source legacyId signedOn }
        userErrors { message }
      }
    }`);
    expect(created.errors).toBeUndefined();
    expect(created.data).toEqual({
      createBillingAccount: {
        billingAccount: {
          id: expect.any(String),
          source: 'SALES',
          legacyId: 7,
          signedOn: '2026-02-03',
        },
        userErrors: [],
      },
    });
    const [request] = sandbox.stripe.requests.filter(
      ({ method, path }) => method === 'POST' && path === '/v1/customers',
    );
    expect([...new URLSearchParams(request?.body)].sort()).toEqual([
      ['metadata[legacy-id]', '7'],
      ['metadata[signed on]', '2026-02-03'],
      ['metadata[signup_source]', 'sales'],
      ['name', 'Ek'],
    ]);
    // A cast: the form of the mutation.
    const { id } = (created.data as { createBillingAccount: { billingAccount: { id: string } } })
      .createBillingAccount.billingAccount;
    const others = await run(
      `mutation ($id: ID!) {
        createInvoice(input: { billingAccountId: $id, dueOn: "2099-01-01", costCentre: "K1", lines: [{ description: "a", unitAmount: { amount: "1.00", currency: "EUR" } }] }) {
          invoice { costCentre billingAccount { source } }
        }
        createRecurringPlan(input: { billingAccountId: $id, daysUntilDue: 14, trial: true, items: [{ description: "a", interval: MONTH, unitAmount: { amount: "1.00", currency: "EUR" } }] }) {
          recurringPlan { trial }
        }
      }`,
      { id },
    );
    expect(others.errors).toBeUndefined();
    expect(others.data).toEqual({
      createInvoice: { invoice: { costCentre: 'K1', billingAccount: { source: 'SALES' } } },
      createRecurringPlan: { recurringPlan: { trial: true } },
    });
  });

  it('are null without a value, and UNKNOWN and long text are refused', async () => {
    const list = await run(
      '{ customers(first: 3) { nodes { billingAccounts { source legacyId } payments(first: 1) { nodes { orderId } } } } }',
    );
    expect(list.errors).toBeUndefined();
    expect(JSON.stringify(list.data)).toMatch(/"orderId":null/);
    for (const [input, message] of [
      [
        { name: 'a', source: 'UNKNOWN' },
        'input.source must be one of WEB, SALES, MOBILE, but is UNKNOWN.',
      ],
    ] as const) {
      const { errors } = await run(
        'mutation ($input: CreateBillingAccountInput!) { createBillingAccount(input: $input) { userErrors { code } } }',
        { input },
      );
      expect(errors?.map((error) => error.message)).toEqual([message]);
    }
    const { errors } = await run(
      'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { userErrors { code } } }',
      {
        input: {
          billingAccountId: 'cus_1',
          dueOn: '2099-01-01',
          costCentre: 'x'.repeat(501),
          lines: [{ description: 'a', unitAmount: { amount: '1.00', currency: 'EUR' } }],
        },
      },
    );
    expect(errors?.map((error) => error.message)).toEqual([
      'input.costCentre must have at most 500 characters, but has 501.',
    ]);
  });

  const many = Array.from(
    { length: 51 },
    (_, index) => `f${String(index)}: Int @property(name: "f${String(index)}", write: true)`,
  );
  it.each([
    [
      'has a filter',
      'extend type Payment { x: Int @property(name: "x", filter: true) }',
      'payments.fields.graphql:1: Payment cannot be filtered by custom fields. Remove filter from Payment.x.',
    ],
    [
      'writes what no mutation writes',
      'extend type Payment { x: Int @property(name: "x", write: true) }',
      'payments.fields.graphql:1: Custom fields of Payment cannot be written. Remove write from Payment.x.',
    ],
    [
      'has a reserved key',
      'extend type Invoice { x: Int @property(name: "tributary_key") }',
      'payments.fields.graphql:1: Invoice.x needs @property with a metadata key of 1 to 40 characters without square brackets, which must not begin with tributary_: @property(name: "signup_source").',
    ],
    [
      'has a key that is too long',
      `extend type Invoice { x: Int @property(name: "${'x'.repeat(41)}") }`,
      /^payments\.fields\.graphql:1: Invoice\.x needs @property with a metadata key/,
    ],
    [
      'writes more keys than a record can have',
      `extend type Invoice {\n${many.join('\n')}\n}`,
      'payments.fields.graphql:52: At most 50 custom fields of Invoice can be written. Remove write from Invoice.f50.',
    ],
  ])('are refused with file and line if the file %s', (_title, sdl, expected) => {
    const { problems = [] } = readExtension(
      readSdl('payments'),
      { path: 'payments.fields.graphql', sdl },
      payments.extensible,
    );
    expect(problems).toEqual([
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    ]);
  });
});
