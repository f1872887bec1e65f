import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordId } from '../../../sandbox/hubspot/hubspot-ids.ts';
import {
  codesAndPaths,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from '../start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';

const FIELDS = `
  type Machine @object(type: "2-38291746") {
    serialNumber: String @property(name: "serial_number", filter: true)
    customers: CustomerConnection
    visits: ServiceVisitConnection
  }
  type ServiceVisit @object(type: "2-38291802") @requiresScopes(scopes: [["visits:read"]]) @tag(name: "partner") {
    subject: String @property(name: "visit_subject", filter: true)
  }
  extend type Customer { machines: MachineConnection }
`;

let keys: KeyFile;
const KEYS: Record<string, string> = {};
beforeAll(async () => {
  keys = await createKeyFile();
  for (const [name, scopes] of Object.entries({
    withoutScopes: ['payments:read'],
    reader: ['personal:read'],
    visits: ['visits:read'],
  }))
    KEYS[name] = await keys.add({ scopes });
});
afterAll(() => keys.remove());

describe.each(['embedded', 'distributed'] as const)('custom objects, %s', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      mode,
      extend: { crm: FIELDS },
      environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path },
    });
  });
  afterAll(() => gateway.close());

  const bearer = (who: string) => ({ authorization: `Bearer ${KEYS[who] ?? ''}` });
  const as = (who: string, query: string, variables?: object) =>
    gateway.query(query, variables, bearer(who));

  const machine = recordId('machines', 0);
  const customer = recordId('contacts', 0);

  it('are read, listed, filtered and linked', async () => {
    const { data, errors } = await as(
      'reader',
      `query ($filter: MachineFilter) {
        machine(id: "${machine}") { serialNumber createdAt }
        unknown: machine(id: "7") { id }
        machines(first: 2, filter: $filter) { totalCount nodes { customers { nodes { name } } } }
        customer(id: "${customer}") { machines(first: 1) { totalCount nodes { id } } }
      }`,
      { filter: { serialNumber: 'SN-1000' } },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      machine: { serialNumber: 'SN-1000', createdAt: '2025-01-01T08:00:00.000Z' },
      unknown: null,
      machines: { totalCount: 1, nodes: [{ customers: { nodes: [{ name: 'Zoé Lefèvre' }] } }] },
      customer: { machines: { totalCount: 11, nodes: [{ id: machine }] } },
    });
  });

  it('are refused without personal:read or the scopes of their type, lists and their sizes too', async () => {
    const since = performance.now();
    const { errors } = await as(
      'nobody',
      `{
        machine(id: "${machine}") { id }
        machines { totalCount }
        filtered: machines(filter: { serialNumber: "SN-1000" }) { totalCount }
        serviceVisits(filter: { subject: "Visit 1" }) { totalCount }
      }`,
    );
    expect(codesAndPaths(errors)).toEqual([
      'FORBIDDEN filtered',
      'FORBIDDEN machine',
      'FORBIDDEN machines',
      'FORBIDDEN serviceVisits',
    ]);
    expect(requestsSince(since, gateway.sandbox)).toEqual([]);
    const linked = await as(
      'nobody',
      `{ customer(id: "${customer}") { id machines { totalCount } } }`,
    );
    expect(codesAndPaths(linked.errors)).toEqual(['FORBIDDEN customer.machines']);
    const visits = await as('reader', `{ machine(id: "${machine}") { id visits { totalCount } } }`);
    expect(codesAndPaths(visits.errors)).toEqual(['FORBIDDEN machine.visits']);
    const allowed = await as('visits', '{ serviceVisits(first: 1) { nodes { subject } } }');
    expect(allowed.data).toEqual({ serviceVisits: { nodes: [{ subject: 'Visit 1' }] } });
  });

  it('are in an audience by a tag of their own', async () => {
    const schema = async (audience: string) =>
      (
        await fetch(`${gateway.url}/schema/${audience}.graphql`, { headers: bearer('reader') })
      ).text();
    const [partner, whole] = [await schema('partner'), await schema('private')];
    expect(whole).toMatch(/type Machine \{/);
    expect(partner).not.toMatch(/achine/);
    expect(partner).toMatch(/type ServiceVisit \{[^}]*subject: String/);
    expect(partner).toMatch(/serviceVisits\(/);
    expect(partner).toMatch(/input ServiceVisitFilter \{[^}]*subject: String/);
  });
});

describe('the cost of custom objects', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ extend: { crm: FIELDS } });
  });
  afterAll(() => gateway.close());

  it('has the vendor calls of lists and links', async () => {
    const { data, errors, extensions } = await gateway.query(
      '{ machines(first: 20) { nodes { serialNumber customers(first: 5) { nodes { machines(first: 1) { nodes { id } } } } } } }',
      {},
      { 'x-tributary-cost': '1' },
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ machines: { nodes: expect.any(Array) } });
    // The list; links and customers; links and machines again, of which all were in the list here.
    expect(extensions).toMatchObject({
      cost: { vendorCalls: { estimated: { crm: 5 }, actual: { crm: 4 } } },
    });
  });
});
