import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ searchLagMs: 0 });
});
afterAll(async () => {
  await sandbox.close();
});

interface Body {
  readonly id: string;
}

/** As any other program of the account would. No connection is kept: the vendor closes idle ones. */
const post = async (url: string, authorization: string, body: string, type: string) => {
  const headers = { authorization, 'content-type': type };
  const response = await request(url, { method: 'POST', headers, body, reset: true });
  return ((await response.body.json()) as Body).id; // The vendors' objects all have an id.
};

const newAccount = (email: string) =>
  post(
    `${sandbox.stripe.baseUrl}/v1/customers`,
    'Bearer sk_test_sandbox',
    new URLSearchParams({ email }).toString(),
    'application/x-www-form-urlencoded',
  );

const newContact = (properties: Readonly<Record<string, string>>) =>
  post(
    `${sandbox.hubspot.baseUrl}/crm/v3/objects/contacts`,
    'Bearer pat-na1-sandbox',
    JSON.stringify({ properties }),
    'application/json',
  );

/** The accounts of a contact, and the contact of an account. */
async function join(gateway: TestGateway, contact: string, account: string) {
  const { data, errors } = await gateway.query(
    'query ($contact: ID!, $account: ID!) { customer(id: $contact) { billingAccounts { id } } billingAccount(id: $account) { customer { id } } }',
    { contact, account },
  );
  expect(errors).toBeUndefined();
  return {
    accounts: data.customer.billingAccounts.map(({ id }: Body) => id),
    contact: data.billingAccount.customer?.id ?? null,
  };
}

describe.each(['embedded', 'distributed'] as const)('the join by e-mail, %s', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ mode, sandbox });
  });
  afterAll(async () => {
    await gateway.close();
  });

  it('links a contact and an account, ignoring the case of the address', async () => {
    const domain = `${randomUUID()}.test`;
    const contact = await newContact({ email: `pat@${domain}` });
    const account = await newAccount(`Pat@${domain.toUpperCase()}`);
    expect(await join(gateway, contact, account)).toEqual({ accounts: [account], contact });
  });

  it('links a contact and an account by an additional address of the contact', async () => {
    const domain = `${randomUUID()}.test`;
    const contact = await newContact({
      email: `pat@${domain}`,
      hs_additional_emails: `old@${domain};older@${domain}`,
    });
    const account = await newAccount(`Older@${domain}`);
    expect(await join(gateway, contact, account)).toEqual({ accounts: [account], contact });
  });

  it('links an account that was just created here, from both sides', async () => {
    const domain = `${randomUUID()}.test`;
    const contact = await newContact({ email: `pat@${domain}` });
    const old = await newAccount(`pat@${domain}`);
    const { data } = await gateway.query(
      `mutation ($input: CreateBillingAccountInput!) { createBillingAccount(input: $input) {
        billingAccount { id customer { id billingAccounts { id } } }
      } }`,
      { input: { email: `PAT@${domain}`, idempotencyKey: randomUUID() } },
    );
    const { billingAccount } = data.createBillingAccount;
    expect(billingAccount.customer).toEqual({
      id: contact,
      billingAccounts: [{ id: billingAccount.id }, { id: old }],
    });
  });
});

describe('the join by a property of the CRM', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      sandbox,
      environment: { CUSTOMER_LINK: 'property:stripe_customer_id' },
    });
  });
  afterAll(async () => {
    await gateway.close();
  });

  it('does not link an account with the address of a contact that refers to another account', async () => {
    const email = `pat@${randomUUID()}.test`;
    const [own, other] = [await newAccount(`own-${email}`), await newAccount(email)];
    const contact = await newContact({ email, stripe_customer_id: own });
    expect(await join(gateway, contact, own)).toEqual({ accounts: [own], contact });
    expect(await join(gateway, contact, other)).toEqual({ accounts: [own], contact: null });
  });

  it('links a contact that refers to no account by the address, from the payment too', async () => {
    const email = `pat@${randomUUID()}.test`;
    const account = await newAccount(email.toUpperCase());
    const contact = await newContact({ email });
    expect(await join(gateway, contact, account)).toEqual({ accounts: [account], contact });
  });
});
