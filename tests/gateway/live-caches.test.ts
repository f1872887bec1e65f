import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../events/change.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { changeOf, changeOfType } from '../events/changes.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';
import { pathsOf, TRACED } from './traced.ts';

const CARDS = `{ customers(first: 5) { nodes {
  id name company { id name } payments(first: 2) { nodes { id amount { amount } } } billingAccounts { id }
} } }`;
const PAYMENT = 'query ($id: ID!) { payment(id: $id) { id status refundedAmount { amount } } }';
const LIVE = { CRM_CACHE: 'live', PAYMENTS_CACHE: 'live' };

const healthy = new Set<string>();
const health = { isHealthy: (vendor: string) => healthy.has(vendor) };

let events = 0;

describe('live caches', () => {
  let sandbox: Sandbox;
  let gateway: TestGateway;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());
  // One of its own for each test: nothing is cached, and no change is known.
  beforeEach(async () => {
    healthy.clear();
    gateway = await startTestGateway({ sandbox, environment: LIVE });
    gateway.events.invalidation.trust(health);
  });
  afterEach(() => gateway.close());

  const ask = (query = CARDS, variables = {}) => gateway.query(query, variables, TRACED);
  const append = ({ id, ...rest }: Pick<Change, 'vendor' | 'type' | 'id'> & Partial<Change>) =>
    gateway.events.log.append([
      { key: `event-${String((events += 1))}`, changes: [changeOf(id, rest)] },
    ]);
  const trustAll = () => {
    healthy.add('hubspot').add('stripe');
  };

  it('answer a repeated list query without a call, as long as no event comes', async () => {
    trustAll();
    const first = await ask();
    expect(pathsOf(first).length).toBeGreaterThan(5);
    const again = await ask();
    expect(pathsOf(again)).toEqual([]);
    expect(again.data).toEqual(first.data);
  });

  it('read exactly the payments of an account again after an event of one of its payments', async () => {
    trustAll();
    const { data } = await ask();
    const paying = data.customers.nodes.find(
      ({ payments }: { payments: { nodes: unknown[] } }) => payments.nodes.length > 0,
    );
    const [account] = paying.billingAccounts;
    await append({
      vendor: 'stripe',
      type: 'Payment',
      id: 'pi_new',
      kind: 'CREATED',
      related: [{ type: 'BillingAccount', id: account.id }],
    });
    expect(pathsOf(await ask())).toEqual(['/v1/payment_intents']);
    expect(pathsOf(await ask())).toEqual([]);
  });

  it('do not exist while the events of the vendor cannot be relied on', async () => {
    healthy.add('stripe');
    await ask();
    expect(pathsOf(await ask()).every((path) => path.startsWith('/crm/'))).toBe(true);
    healthy.clear();
    const without = pathsOf(await ask());
    expect(without.filter((path) => path.startsWith('/v1/')).length).toBeGreaterThan(0);
    // Nor is anything left from before.
    expect(pathsOf(await ask())).toHaveLength(without.length);
  });

  it('show a changed record, and keep the responses about other types', async () => {
    trustAll();
    const { data } = await ask();
    const [customer] = data.customers.nodes;
    await changeInVendor(`/crm/v3/objects/contacts/${String(customer.id)}`, {
      firstname: 'Renamed',
    });
    expect((await ask()).data.customers.nodes[0].name).toBe(customer.name);
    await append({ vendor: 'hubspot', type: 'Customer', id: customer.id });
    const after = await ask();
    expect(after.data.customers.nodes[0].name).toMatch('Renamed');
    expect(
      pathsOf(after).filter(
        (path) => !path.startsWith('/crm/objects') && !path.includes('/contacts'),
      ),
    ).toEqual([]);
  });

  it('read a batch of records again as one when one of them has changed', async () => {
    trustAll();
    const { data } = await ask();
    const companies = data.customers.nodes.flatMap(
      ({ company }: { company: { id: string } | null }) => company?.id ?? [],
    );
    expect(companies.length).toBeGreaterThan(1);
    await append({ vendor: 'hubspot', type: 'Company', id: companies[0] });
    const calls = (await ask()).extensions?.upstream ?? [];
    expect(calls.map(({ batchSize }) => batchSize)).toEqual([new Set(companies).size]);
  });

  it('have batches of links, of which some records have none', async () => {
    trustAll();
    const query =
      '{ customers(first: 20) { nodes { id deals(first: 3) { nodes { id title } } } } }';
    const { data } = await ask(query);
    const [customer] = data.customers.nodes;
    expect(pathsOf(await ask(query))).toEqual([]);
    await append({ vendor: 'hubspot', type: 'Customer', id: customer.id });
    // The list, and the batch of links that begin at the customer.
    expect(pathsOf(await ask(query))).toHaveLength(2);
  });

  it('keep links from e-mail to accounts when an account changes that has another address', async () => {
    trustAll();
    await ask();
    await append({
      vendor: 'stripe',
      type: 'BillingAccount',
      id: 'cus_elsewhere',
      changed: ['name'],
    });
    expect(pathsOf(await ask())).toEqual([]);
    await append({
      vendor: 'stripe',
      type: 'BillingAccount',
      id: 'cus_elsewhere',
      changed: ['email'],
    });
    expect(new Set(pathsOf(await ask()))).toEqual(new Set(['/v1/customers/search']));
  });

  it('ask a search again that may have been answered as before a change', async () => {
    trustAll();
    const search = '{ customers(first: 3, search: "a") { nodes { id } } }';
    await append({ vendor: 'hubspot', type: 'Customer', id: '1' });
    // Asked within the lag of the vendor's search: the response does not count later.
    expect(pathsOf(await ask(search))).toHaveLength(1);
    expect(pathsOf(await ask(search))).toHaveLength(1);
  });

  it('are void after a mutation as far as it names records', async () => {
    trustAll();
    const { data } = await ask();
    const [customer] = data.customers.nodes;
    const changed = await ask(
      `mutation ($id: ID!) { updateCustomer(input: { id: $id, firstName: "Mutated" }) { userErrors { message } } }`,
      { id: customer.id },
    );
    expect(changed.data).toEqual({ updateCustomer: { userErrors: [] } });
    const after = await ask();
    expect(after.data.customers.nodes[0].name).toMatch('Mutated');
    expect(pathsOf(after).filter((path) => path.startsWith('/v1/'))).toEqual([]);
  });

  it('answer queries about a payment as it is after the event that a subscription has sent', async () => {
    trustAll();
    const { data } = await ask('{ payments(first: 1) { nodes { id } } }');
    const [{ id }] = data.payments.nodes;
    expect(pathsOf(await ask(PAYMENT, { id }))).toHaveLength(1);
    expect(pathsOf(await ask(PAYMENT, { id }))).toEqual([]);
    await append({ vendor: 'stripe', type: 'Payment', id });
    // At once: the request waits until the event is known.
    expect(pathsOf(await ask(PAYMENT, { id }))).toHaveLength(1);
  });

  /** Changes a contact as a user of the vendor's own pages does. */
  async function changeInVendor(path: string, properties: object) {
    const { HUBSPOT_BASE_URL, HUBSPOT_ACCESS_TOKEN } = sandbox.environment;
    const response = await fetch(`${String(HUBSPOT_BASE_URL)}${path}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${String(HUBSPOT_ACCESS_TOKEN)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ properties }),
    });
    expect(response.status).toBe(200);
  }
});

describe('live caches of subgraph services', () => {
  it('answer a repeated list query without a call, until an event names a record in it', async () => {
    const gateway = await startTestGateway({ mode: 'distributed', environment: LIVE });
    healthy.add('hubspot').add('stripe');
    gateway.events.invalidation.trust(health);
    const ask = () => gateway.query(CARDS, {}, TRACED);
    const { data } = await ask();
    expect(pathsOf(await ask())).toEqual([]);
    const { id } = data.customers.nodes[0];
    const change = changeOfType('Customer', id);
    await gateway.events.log.append([{ key: 'one', changes: [change] }]);
    expect(pathsOf(await ask())).toHaveLength(1);
    await gateway.close();
  });
});
