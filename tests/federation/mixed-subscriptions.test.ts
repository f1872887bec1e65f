import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { changeOfType } from '../events/changes.ts';
import { contextFor } from './change-runs.ts';
import { startMixedGraph } from './mixed-graph.ts';

let sandbox: Sandbox;
let graph: Awaited<ReturnType<typeof startMixedGraph>>;
let customer: { readonly id: string; readonly name: string; readonly email: string };
let paid: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  graph = await startMixedGraph({ ...sandbox.environment, VENDOR_TIMEOUT_MS: '0' });
  const { data } = await graph.alone.run(
    '{ customers(first: 1) { nodes { id name email } } payments(first: 1) { nodes { id } } }',
  );
  // A cast: the query says what is in it.
  const lists = data as Readonly<Record<string, { readonly nodes: readonly [typeof customer] }>>;
  const [customers, payments] = [lists['customers'], lists['payments']];
  if (customers === undefined || payments === undefined) throw new Error('The lists are missing.');
  customer = customers.nodes[0];
  paid = payments.nodes[0].id;
});
afterAll(async () => {
  await graph.close();
  await sandbox.close();
});

describe('a subscription over embedded subgraphs and a service', () => {
  const SERVICE = `subscription { changed: customerChanged { id kind customer { name points greeting rewards { title } } } }`;

  it.each([
    [
      'that no service is needed for',
      'subscription { customerChanged { id kind at customer { id name company { name } } } }',
      0,
    ],
    ['whose record a service adds to', SERVICE, 1],
    [
      'that leads to a service by another embedded subgraph',
      'subscription { paymentChanged { id payment { id customer { name points } } } }',
      1,
    ],
  ])('%s is run as in one process', async (_title, query, requests) => {
    const before = graph.service.requests.length;
    const isPayment = query.includes('paymentChanged');
    const change = isPayment
      ? changeOfType('Payment', paid)
      : changeOfType('Customer', customer.id);
    for (const time of ['first', 'repeated']) {
      const actual = await graph.mixed.run(query, {}, contextFor(change));
      const expected = await graph.reference.run(query, {}, contextFor(change));
      expect([time, actual]).toEqual([time, expected]);
    }
    expect(graph.service.requests.length - before).toBe(2 * requests);
  });

  it('has the fields of the service', async () => {
    const change = changeOfType('Customer', customer.id);
    expect(await graph.mixed.run(SERVICE, {}, contextFor(change))).toEqual({
      data: {
        changed: {
          id: customer.id,
          kind: 'UPDATED',
          customer: {
            name: customer.name,
            points: expect.anything(),
            greeting: `Hello ${customer.email}`,
            rewards: [{ title: 'A voucher' }, { title: 'A gift' }],
          },
        },
      },
    });
  });

  it('asks the service nothing about a record that was deleted', async () => {
    const before = graph.service.requests.length;
    const change = changeOfType('Customer', customer.id, { kind: 'DELETED' });
    expect(await graph.mixed.run(SERVICE, {}, contextFor(change))).toEqual({
      data: { changed: { id: customer.id, kind: 'DELETED', customer: null } },
    });
    expect(graph.service.requests.length).toBe(before);
  });

  it('has the fields that the built-in subgraphs have events for', () => {
    expect(Object.keys(graph.changeFields ?? {}).sort()).toEqual(
      Object.keys(graph.mixed.schema.getSubscriptionType()?.getFields() ?? {}).sort(),
    );
  });
});
