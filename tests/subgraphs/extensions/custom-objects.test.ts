import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordId } from '../../../sandbox/hubspot/hubspot-ids.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { createSubgraphGraph } from '../../../gateway/engines/single/subgraph-graph.ts';
import { crm } from '../../../subgraphs/crm/subgraph.ts';
import { readExtension } from '../../../subgraphs/extensions/read-extension.ts';
import { type Run, runnerFor } from '../../federation/run-operation.ts';
import { openSubgraph, readSdl } from '../open-subgraph.ts';
import { startExtended } from './start-extended.ts';

const FIELDS = `
  enum Condition { IN_USE @value(is: "in_use") IN_REPAIR @value(is: "in_repair") UNKNOWN }

  "A machine that a customer rents."
  type Machine @object(type: "2-38291746") {
    "The serial number."
    serialNumber: String @property(name: "serial_number", filter: true)
    condition: Condition @property(name: "machine_condition", filter: true)
    features: [String!] @property(name: "machine_features", filter: true)
    rent: Decimal @property(name: "monthly_rent", filter: true)
    rentedSince: Date @property(name: "rented_since", filter: true)
    isLeased: Boolean @property(name: "is_leased")
    customers: CustomerConnection
    company: Company
    deals: DealConnection
    visits: ServiceVisitConnection
  }

  type ServiceVisit @object(type: "2-38291802") {
    subject: String @property(name: "visit_subject")
    visitedAt: DateTime @property(name: "visited_at")
    machine: Machine
  }

  extend type Customer { machines: MachineConnection }
  extend type Company { machines: MachineConnection }
  extend type Deal { machine: Machine }
`;

let sandbox: Sandbox<'hubspot' | 'stripe'>;
let run: Run;
let close: () => Promise<void>;

beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot', 'stripe'] });
  ({ run, close } = startExtended(sandbox.environment, { crm: FIELDS }));
});
afterAll(async () => {
  await close();
  await sandbox.close();
});

const machine = (key: number) => recordId('machines', key);

/** The calls to HubSpot that an operation makes. */
async function callsOf(query: string, variables: Record<string, unknown> = {}) {
  const since = performance.now();
  const { data, errors } = await run(query, variables);
  const calls = sandbox.hubspot.requests
    .filter(({ startedAt }) => startedAt >= since)
    .map(({ method, path }) => `${method} ${path}`);
  return { data, errors, calls };
}

describe('a custom object of HubSpot', () => {
  it('is read by its id, with the properties that are selected', async () => {
    const since = performance.now();
    const { data, errors } = await run(
      `{ machine(id: "${machine(1)}") { id serialNumber condition features rent rentedSince isLeased createdAt updatedAt } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      machine: {
        id: machine(1),
        serialNumber: 'SN-1001',
        condition: 'IN_REPAIR',
        features: ['milk'],
        rent: '59.5',
        rentedSince: '2025-02-01',
        isLeased: false,
        createdAt: '2025-01-02T08:00:00.000Z',
        updatedAt: '2025-01-02T08:00:00.000Z',
      },
    });
    await run(`{ machine(id: "${machine(1)}") { condition } }`);
    const requests = sandbox.hubspot.requests.filter(({ startedAt }) => startedAt >= since);
    expect(requests.map(({ path }) => path)).toEqual([
      '/crm/objects/2026-09/2-38291746/batch/read',
      '/crm/objects/2026-09/2-38291746/batch/read',
    ]);
    expect(JSON.parse(requests[1]?.body ?? '')).toMatchObject({
      properties: ['machine_condition', 'hs_merged_object_ids'],
    });
  });

  it('is null for an unknown id, and an error for an invalid one', async () => {
    const { data, errors } = await run(
      `{ known: machine(id: "${machine(0)}") { id } unknown: machine(id: "7") { id } wrong: machine(id: "x") { id } }`,
    );
    expect(data).toEqual({ known: { id: machine(0) }, unknown: null, invalid: null });
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'id must be a number of up to 20 digits, but got "x".',
        path: ['wrong'],
      }),
    ]);
  });

  it('is listed page by page, with cursors that are valid for this list only', async () => {
    const LIST = `query ($after: String, $filter: MachineFilter) {
      machines(first: 25, after: $after, filter: $filter) {
        totalCount
        nodes { id }
        edges { cursor node { serialNumber } }
        pageInfo { hasNextPage endCursor }
      }
    }`;
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const { data } = (await run(LIST, { after })) as { data: { machines: MachinePage } };
      expect(data.machines.totalCount).toBe(60);
      ids.push(...data.machines.nodes.map(({ id }) => id));
      after = data.machines.pageInfo.hasNextPage ? data.machines.pageInfo.endCursor : null;
    } while (after !== null);
    expect(ids).toEqual(Array.from({ length: 60 }, (_, key) => machine(key)));

    const [first] = ((await run(LIST)) as { data: { machines: MachinePage } }).data.machines.edges;
    const other = await run(LIST, { after: first?.cursor, filter: { serialNumber: 'SN-1000' } });
    expect(other.errors?.map(({ message }) => message)).toEqual([
      'after must be a cursor of this list with the same filter and order, but it belongs to another list.',
    ]);
    const visits = await run(`{ serviceVisits(after: "${first?.cursor ?? ''}") { totalCount } }`);
    expect(visits.errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining('belongs to another list'),
    ]);
    const tooMany = await run('{ machines(first: 101) { totalCount } }');
    expect(tooMany.errors?.map(({ message }) => message)).toEqual([
      'first must be an integer from 1 to 100, but got 101.',
    ]);
  });

  it.each([
    ['{ serialNumber: "SN-1003" }', [3]],
    ['{ condition: IN_REPAIR, rentFrom: "60", rentTo: "80" }', [10, 16, 31, 37, 52, 58]],
    ['{ features: "telemetry", rentedSinceFrom: "2025-12-01" }', []],
    ['{ rentedSinceBefore: "2025-02-01", condition: IN_USE }', [0, 12, 24, 36, 48]],
  ])('is filtered by its fields: %s', async (filter, keys) => {
    const { data, errors } = await run(
      `{ machines(first: 100, filter: ${filter}) { totalCount nodes { id } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      machines: { totalCount: keys.length, nodes: keys.map((key) => ({ id: machine(key) })) },
    });
  });

  it('refuses UNKNOWN and too many conditions in a filter', async () => {
    const messages = async (filter: string) =>
      (await run(`{ machines(filter: ${filter}) { totalCount } }`)).errors?.map(
        ({ message }) => message,
      );
    expect(await messages('{ condition: UNKNOWN }')).toEqual([
      'filter.condition must be one of IN_USE, IN_REPAIR, but is UNKNOWN.',
    ]);
    expect(
      await messages(
        '{ serialNumber: "x", condition: IN_USE, features: "milk", rent: "1", rentFrom: "1", rentedSince: "2025-01-01", rentedSinceFrom: "2025-01-01" }',
      ),
    ).toEqual(['filter must have at most 6 conditions, with a range as one, but got 7.']);
  });

  it('links to associated records, and they to it, in batches', async () => {
    const { data, errors, calls } = await callsOf(`{
      machines(first: 3) {
        nodes {
          customers(first: 5) { nodes { name machines(first: 2) { totalCount nodes { serialNumber } } } }
          company { machines(first: 1) { nodes { id } } }
          deals { nodes { machine { id } } }
        }
      }
    }`);
    expect(errors).toBeUndefined();
    const [first, second, third] = (data as { machines: { nodes: object[] } }).machines.nodes;
    expect(first).toEqual({
      customers: {
        nodes: [
          {
            name: 'Zoé Lefèvre',
            // It rents the machines 0 and 40 to 49.
            machines: {
              totalCount: 11,
              nodes: [{ serialNumber: 'SN-1000' }, { serialNumber: 'SN-1040' }],
            },
          },
        ],
      },
      company: expect.objectContaining({ machines: { nodes: [{ id: machine(0) }] } }),
      deals: { nodes: [{ machine: { id: machine(0) } }] },
    });
    expect(second).toMatchObject({ deals: { nodes: [] } });
    expect(third).toMatchObject({ deals: { nodes: [{ machine: { id: machine(2) } }] } });
    // One call for each step, however many records: links, then records, on either side.
    expect(calls.toSorted()).toEqual(
      [
        'GET /crm/objects/2026-09/2-38291746',
        // For `totalCount`, as the type is selected with it.
        'POST /crm/objects/2026-09/2-38291746/search',
        'POST /crm/associations/2026-09/2-38291746/contacts/batch/read',
        'POST /crm/associations/2026-09/2-38291746/companies/batch/read',
        'POST /crm/associations/2026-09/2-38291746/deals/batch/read',
        'POST /crm/objects/2026-09/contacts/batch/read',
        'POST /crm/objects/2026-09/companies/batch/read',
        'POST /crm/objects/2026-09/deals/batch/read',
        'POST /crm/associations/2026-09/contacts/2-38291746/batch/read',
        'POST /crm/associations/2026-09/companies/2-38291746/batch/read',
        'POST /crm/associations/2026-09/deals/2-38291746/batch/read',
        'POST /crm/objects/2026-09/2-38291746/batch/read',
      ].toSorted(),
    );
  });

  it('links to custom objects of other types, and has null and empty lists without links', async () => {
    const { data, errors } = await run(`{
      machine(id: "${machine(1)}") { visits { nodes { subject visitedAt machine { serialNumber } } } }
      unlinked: machine(id: "${machine(55)}") { company { id } customers { totalCount nodes { id } } visits { nodes { id } } }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      machine: {
        visits: {
          nodes: [1, 21].map((key) => ({
            subject: `Visit ${String(key + 1)}`,
            visitedAt: `2026-01-${String(key + 1).padStart(2, '0')}T09:00:00.000Z`,
            machine: { serialNumber: 'SN-1001' },
          })),
        },
      },
      unlinked: { company: null, customers: { totalCount: 0, nodes: [] }, visits: { nodes: [] } },
    });
  });

  it('pages through linked records with cursors of the one record', async () => {
    const customer = recordId('contacts', 0);
    const page = async (of: string, after?: string) => {
      const { data, errors } = await run(
        `query ($after: String) { customer(id: "${of}") { machines(first: 6, after: $after) { nodes { serialNumber } pageInfo { hasNextPage endCursor } } } }`,
        { after },
      );
      return {
        machines: (data as { customer: { machines: LinkedPage } }).customer.machines,
        errors,
      };
    };
    const first = await page(customer);
    const second = await page(customer, first.machines.pageInfo.endCursor);
    expect([...first.machines.nodes, ...second.machines.nodes]).toHaveLength(11);
    expect(second.machines.pageInfo.hasNextPage).toBe(false);
    const other = await page(recordId('contacts', 1), first.machines.pageInfo.endCursor);
    expect(other.errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining('belongs to another list'),
    ]);
  });
});

describe('a custom object as an entity', () => {
  it('is found by the key with which a service refers to it', async () => {
    const { extension } = readExtension(
      readSdl('crm'),
      { path: 'crm.fields.graphql', sdl: FIELDS },
      crm.extensible,
    );
    const subgraph = openSubgraph(crm, sandbox.environment, extension);
    const service = runnerFor(createSubgraphGraph(subgraph));
    const { data, errors } = await service.run(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Machine { serialNumber } } }',
      { of: [machine(3), '7', machine(1)].map((id) => ({ __typename: 'Machine', id })) },
    );
    await subgraph.close();
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      _entities: [{ serialNumber: 'SN-1003' }, null, { serialNumber: 'SN-1001' }],
    });
  });
});

interface LinkedPage {
  readonly nodes: readonly object[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

interface MachinePage {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
