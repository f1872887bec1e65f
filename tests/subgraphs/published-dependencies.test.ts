import { beforeEach, expect, it } from '@jest/globals';
import { createMemoryKeyValues } from '../../state/memory-state.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import {
  PublishedDependencies,
  publishDependencies,
  type SubgraphDependencies,
} from '../../subgraphs/published-dependencies.ts';

const CRM = { vendor: 'hubspot', table: { Customer: ['Customer'], Owner: null } };
const PAYMENTS = { vendor: 'stripe', table: { Payment: ['Payment'] } };
const KEY = 'events:dependencies:crm';

let store: KeyValueStore;
let published: PublishedDependencies;
let now: number;
beforeEach(() => {
  store = createMemoryKeyValues();
  now = 0;
  published = new PublishedDependencies(store, ['crm', 'payments'], () => now);
});

function publish(subgraph: string, dependencies: SubgraphDependencies): void {
  publishDependencies(store, subgraph, dependencies)();
}

it('reads the dependencies of each subgraph service that has published them', async () => {
  publish('crm', CRM);
  await published.refresh();
  expect([...published.current]).toEqual([['crm', CRM]]);
  publish('payments', PAYMENTS);
  await published.refresh();
  expect([...published.current]).toEqual([
    ['crm', CRM],
    ['payments', PAYMENTS],
  ]);
});

it('has the same map until a service publishes other dependencies', async () => {
  publish('crm', CRM);
  await published.refresh();
  const before = published.current;
  publish('crm', CRM);
  await published.refresh();
  expect(published.current).toBe(before);
  publish('crm', { ...CRM, table: { Customer: ['Customer'], Owner: [] } });
  await published.refresh();
  expect(published.current).not.toBe(before);
});

it('forgets a service that has published nothing for thirty seconds, and not earlier', async () => {
  publish('crm', CRM);
  await published.refresh();
  const before = published.current;
  await store.delete(KEY);
  now = 29_000;
  await published.refresh();
  expect(published.current).toBe(before);
  now = 30_000;
  await published.refresh();
  expect(published.current.size).toBe(0);
});

it.each([
  '',
  'null',
  '{}',
  '{"vendor":1,"table":{}}',
  '{"vendor":"hubspot","table":{"Customer":1}}',
])('takes the text %j of another version for none', async (text) => {
  await store.set(KEY, text, 30);
  await published.refresh();
  expect(published.current.size).toBe(0);
});
