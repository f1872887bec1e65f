import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { comparable } from '../../federation/compare.ts';
import { startMixedGraph } from '../../federation/mixed-graph.ts';

let sandbox: Sandbox;
let graph: Awaited<ReturnType<typeof startMixedGraph>>;

beforeAll(async () => {
  sandbox = await startSandbox();
  graph = await startMixedGraph(sandbox.environment);
});
afterAll(async () => {
  await graph.close();
  await sandbox.close();
});

describe('a graph of embedded subgraphs and a service', () => {
  it.each([
    [
      'a field of the service beside fields of ours',
      '{ customers(first: 3) { nodes { id name points payments(first: 1) { nodes { status } } } } }',
    ],
    [
      'a field of the service that requires one of ours',
      '{ customers(first: 3) { nodes { greeting } } }',
    ],
    [
      'fields of ours behind an object of the service',
      '{ programmes { name sponsor { name industry } members { name company { name } } } }',
    ],
    [
      'an object of ours behind a service behind ours',
      '{ companies(first: 4) { nodes { id programme { sponsor { industry } } } } }',
    ],
    [
      'interfaces and unions of the service that lead to ours',
      '{ programmes { benefits { __typename ... on Voucher { customer { name email } } ... on Gift { supplier { name } } } } }',
    ],
    [
      'a customer that the CRM does not know',
      '{ programmes { members(first: 4) { id name points email } } }',
    ],
    [
      'the places of customers behind the service',
      '{ bestCustomer { name address { place { location { latitude } } } rewards { title ... on Voucher { customer { points } } } } }',
    ],
    [
      'a write of the service',
      'mutation { grantPoints(customerId: "1", points: 3) { id points name } }',
    ],
    [
      'aliases of ours and of the service',
      '{ a: customers(first: 2) { nodes { p: points n: name points: greeting } } }',
    ],
    ['the schema', '{ __type(name: "Programme") { name fields { name } } programmes { name } }'],
  ])('has the same response as one process: %s', async (_title, query) => {
    const [actual, expected] = [await graph.mixed.run(query), await graph.reference.run(query)];
    expect(comparable(actual)).toEqual(comparable(expected));
    expect(expected.data).not.toBeNull();
  });

  it('calls no service for an operation that needs none', async () => {
    const before = graph.service.requests.length;
    const query = '{ customers(first: 2) { nodes { name company { name } } } }';
    expect(await graph.mixed.run(query)).toEqual(await graph.alone.run(query));
    expect(graph.service.requests).toHaveLength(before);
  });
});
