import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import type { Run } from '../../federation/run-operation.ts';
import { startExtended } from './start-extended.ts';

let sandbox: Sandbox<'hubspot' | 'stripe'>;
let run: Run;
let close: () => Promise<void>;

beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot', 'stripe'] });
  const sdl = `${readFileSync('examples/own-graph/crm.fields.graphql', 'utf8')}
    extend type Customer {
      constructor: String @property(name: "constructor")
      toString: [String] @property(name: "valueOf")
      hasOwnProperty: LoyaltyTier @property(name: "loyalty_tier")
    }`;
  ({ run, close } = startExtended(sandbox.environment, { crm: sdl }));
});
afterAll(async () => {
  await close();
  await sandbox.close();
});

describe('custom fields of HubSpot', () => {
  it("show the account's own properties in the graph's form", async () => {
    const { data, errors } = await run(
      '{ customers(first: 3) { nodes { loyaltyTier loyaltyTurnover newsletter memberSince lastVisit interests } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      customers: {
        nodes: [
          {
            loyaltyTier: 'GOLD',
            loyaltyTurnover: '12.5',
            newsletter: null,
            memberSince: '2020-03-01',
            lastVisit: '2026-01-15T10:30:00.000Z',
            interests: ['sailing'],
          },
          {
            loyaltyTier: 'SILVER',
            loyaltyTurnover: '25',
            newsletter: false,
            memberSince: '2021-03-02',
            lastVisit: '2026-02-15T10:30:00.000Z',
            interests: ['sailing', 'cooking'],
          },
          {
            loyaltyTier: null,
            loyaltyTurnover: null,
            newsletter: true,
            memberSince: null,
            lastVisit: null,
            interests: null,
          },
        ],
      },
    });
  });

  it('can have the names of inherited properties', async () => {
    const query = `{ customers(first: 1) { nodes { constructor toString hasOwnProperty } } }`;
    expect(await run(query)).toEqual({
      data: {
        customers: { nodes: [{ constructor: null, toString: null, hasOwnProperty: 'GOLD' }] },
      },
    });
  });

  it('are requested only if an operation selects them, in lists and in batches', async () => {
    const propertiesOf = async (query: string) => {
      const since = performance.now();
      await run(query);
      return sandbox.hubspot.requests
        .filter(({ startedAt }) => startedAt >= since)
        .map(({ query: { properties = '' }, body }) => `${properties} ${body}`)
        .join('\n');
    };
    expect(await propertiesOf('{ customers(first: 1) { nodes { name } } }')).not.toMatch(/loyalty/);
    expect(await propertiesOf('{ customers(first: 1) { nodes { loyaltyTier } } }')).toMatch(
      /loyalty_tier/,
    );
    const batch = await propertiesOf(
      '{ companies(first: 5) { nodes { customers(first: 1) { nodes { interests } } } } }',
    );
    expect(batch).toMatch(/interests/);
    expect(batch).not.toMatch(/loyalty/);
  });
});
