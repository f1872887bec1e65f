import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ORIGIN } from '../../events/log/position.ts';
import type { Fault } from '../../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { requestsSince, startTestGateway, type TestGateway } from './start-gateway.ts';
import { createTestCatchUps, type TestCatchUps } from './test-catch-ups.ts';

let catchUps: TestCatchUps;
let sandbox: Sandbox;
let gateway: TestGateway;

beforeEach(async () => {
  catchUps = createTestCatchUps({ pollMs: 30_000 });
  sandbox = await startSandbox({ now: catchUps.now });
  gateway = await startTestGateway({ sandbox, catchUps });
  await catchUps.pass(5);
});
afterEach(async () => {
  await gateway.close();
  await sandbox.close();
});

/** The ids of the changes of one type in the log, in their order. */
const loggedIds = async (type: string) =>
  (await gateway.events.log.read(ORIGIN, 5000)).entries
    .filter(({ change }) => change.type === type)
    .map(({ change }) => change.id);

/** The ids of all contacts. */
async function contactIds(): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const { data } = await gateway.query(
      `query ($after: String) { customers(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    const { nodes, pageInfo } = data.customers;
    ids.push(...nodes.map(({ id }: { id: string }) => id));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return ids;
}

const updateContacts = (ids: readonly string[], phone: string) => {
  for (const id of ids) sandbox.hubspot.edit.update('contacts', id, { phone });
};

/** @returns the ids of new accounts */
const createAccounts = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const account = sandbox.stripe.edit.write('POST', '/v1/customers', {
      email: `account-${String(index)}@example.com`,
    });
    return account['id'];
  });

describe('a catch-up over HTTP', () => {
  it('finds all contacts that an import changes at one moment', async () => {
    const ids = await contactIds();
    // More than a page of HubSpot's search.
    expect(ids.length).toBeGreaterThan(200);
    updateContacts(ids, '+1 555 0100');
    await catchUps.pass(40);

    expect((await loggedIds('Customer')).toSorted()).toEqual(ids.toSorted());
  });

  it('finds a change that HubSpot’s search shows late', async () => {
    const [id = ''] = await contactIds();
    await catchUps.pass(23);
    updateContacts([id], '+1 555 0100');
    const since = performance.now();
    await catchUps.pass(3);
    // It was read, and did not find it yet.
    expect(requestsSince(since, sandbox).length).toBeGreaterThan(0);
    expect(await loggedIds('Customer')).toEqual([]);
    await catchUps.pass(30);

    expect(await loggedIds('Customer')).toEqual([id]);
  });

  it('reads all pages of Stripe’s events, oldest first', async () => {
    const ids = createAccounts(250);
    await catchUps.pass(40);

    expect(await loggedIds('BillingAccount')).toEqual(ids);
  });

  it.each<Fault>(['429-retry-after:x2', '429:0.5', '500:0.5', 'reset:0.5', 'truncate:0.5'])(
    'skips nothing where a vendor fails half way: %s',
    async (fault) => {
      const contacts = (await contactIds()).slice(0, 250);
      updateContacts(contacts, '+1 555 0100');
      const accounts = createAccounts(150);
      sandbox.hubspot.fault = sandbox.stripe.fault = fault;
      await catchUps.pass(40);
      sandbox.hubspot.fault = sandbox.stripe.fault = null;
      await catchUps.pass(180);

      expect((await loggedIds('Customer')).toSorted()).toEqual(contacts.toSorted());
      expect(await loggedIds('BillingAccount')).toEqual(accounts);
    },
  );
});
