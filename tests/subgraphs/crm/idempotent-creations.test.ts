import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { WORLD_TIME } from '../../../sandbox/world/times.ts';
import { TIMERS } from '../../timers.ts';
import { type RunningCrm, startCrm } from './start-crm.ts';

const COUNT = 100;
const CLIENTS = 5;

const MUTATIONS = {
  createCustomer:
    'mutation ($input: CreateCustomerInput!) { written: createCustomer(input: $input) { record: customer { id } } }',
  createCompany:
    'mutation ($input: CreateCompanyInput!) { written: createCompany(input: $input) { record: company { id } } }',
  createDeal:
    'mutation ($input: CreateDealInput!) { written: createDeal(input: $input) { record: deal { id } } }',
};

describe.each([
  ['with a property for keys', 'tributary_key'],
  ['without a property for keys', ''],
])('%s, while three answers in ten are lost,', (_how, property) => {
  let sandbox: Sandbox<'hubspot'>;
  let crm: RunningCrm;
  beforeEach(async () => {
    // The sandbox vendor's records are of its own time.
    jest.useFakeTimers({ now: WORLD_TIME, doNotFake: [...TIMERS] });
    sandbox = await startSandbox({
      vendors: ['hubspot'],
      faults: { hubspot: 'reset-after:0.3' },
      searchLagMs: 0,
    });
    crm = startCrm({ ...sandbox.environment, HUBSPOT_IDEMPOTENCY_PROPERTY: property });
  });
  afterEach(async () => {
    await crm.subgraph.close();
    await sandbox.close();
    jest.useRealTimers();
  });

  /** Asks with the same key until there is an answer, as a client should. */
  async function insist(
    mutation: keyof typeof MUTATIONS,
    input: object,
    idempotencyKey: string,
  ): Promise<unknown> {
    for (;;) {
      const { data, errors } = await crm.ask(MUTATIONS[mutation], {
        input: { ...input, idempotencyKey },
      });
      if (errors.length === 0)
        return (data as { readonly written: { readonly record: unknown } }).written.record;
      expect(['OUTCOME_UNKNOWN', 'UPSTREAM_UNAVAILABLE']).toContain(errors[0]?.code);
      await wait(20);
    }
  }

  it.each([
    [
      'createCustomer',
      '/crm/objects/2026-09/contacts',
      (index: number) => ({ email: `once-${String(index)}@example.org` }),
    ],
    [
      'createCompany',
      '/crm/objects/2026-09/companies',
      (index: number) => ({ name: `Once ${String(index)} Ltd` }),
    ],
    [
      'createDeal',
      '/crm/objects/2026-09/deals',
      (index: number) => ({
        title: `Once ${String(index)}`,
        amount: { amount: '10.00', currency: 'EUR' },
      }),
    ],
  ] as const)(
    `${String(COUNT)} times %s is ${String(COUNT)} records`,
    async (mutation, path, inputOf) => {
      const records: unknown[] = [];
      const left = Array.from({ length: COUNT }, (_, index) => index).values();
      const client = async () => {
        for (const index of left)
          records.push(await insist(mutation, inputOf(index), `${mutation} ${String(index)}`));
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(COUNT);
      expect(records).not.toContain(null);
      expect(sandbox.hubspot.writes.map(({ template }) => template)).toEqual(
        Array.from({ length: COUNT }, () => path),
      );
    },
    60_000,
  );
});
