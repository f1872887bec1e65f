import { afterEach, describe, expect, it } from '@jest/globals';
import { FieldChecks } from '../../bin/field-checks.ts';
import type { Environment } from '../../settings/settings.ts';
import { crm } from '../../subgraphs/crm/subgraph.ts';
import { type Extension, readExtension } from '../../subgraphs/extensions/read-extension.ts';
import { mockHubspot, type Reply } from '../subgraphs/crm/hubspot-mock.ts';
import { HUBSPOT } from '../subgraphs/crm/start-crm.ts';
import { type OpenedSubgraph, openSubgraph, readSdl } from '../subgraphs/open-subgraph.ts';

const hubspot = mockHubspot();
const ENVIRONMENT: Environment = {
  HUBSPOT_ACCESS_TOKEN: 'test',
  HUBSPOT_BASE_URL: HUBSPOT,
  UPSTREAM_MAX_TRIES: '1',
};

const TIER = {
  name: 'loyalty_tier',
  label: 'Tier',
  description: '',
  type: 'string',
  fieldType: 'text',
  groupName: 'contactinformation',
  options: [],
};

/** The properties of contacts at one comparison: those that are there, and those that were deleted. */
function account(there: readonly object[], deleted: readonly object[]) {
  const reply = ({ query }: { query: Readonly<Record<string, string>> }): Reply => ({
    body: { results: query['archived'] === 'true' ? deleted : there },
  });
  hubspot.on('GET', '/crm/properties/2026-09/contacts', reply, reply);
}

function extensionOf(sdl: string): ReadonlyMap<string, Extension> {
  const file = { path: 'crm.fields.graphql', sdl };
  const { extension, problems } = readExtension(readSdl('crm'), file, crm.extensible);
  if (extension === undefined) throw new Error(problems.join('\n'));
  return new Map([['crm', extension]]);
}

const FIELDS = extensionOf('extend type Customer { tier: String @property(name: "loyalty_tier") }');

let subgraph: OpenedSubgraph;
let checks: FieldChecks;

/** Compares again and again. @returns what gives the next warning */
function start(everyMs?: number): () => Promise<string> {
  const warnings: string[] = [];
  let tell: () => void = () => undefined;
  const opened = openSubgraph(crm, ENVIRONMENT);
  subgraph = opened;
  checks = new FieldChecks({
    modules: [crm],
    subgraphs: [{ name: 'crm', serve: () => opened }],
    warn: (sentence) => {
      warnings.push(sentence);
      tell();
    },
    ...(everyMs !== undefined && { everyMs }),
  });
  return async () => {
    if (warnings.length === 0)
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    return warnings.shift() ?? '';
  };
}
afterEach(async () => {
  checks.close();
  await subgraph.close();
});

const MISSING =
  'crm.fields.graphql:1: The account does not have the property "loyalty_tier" of Customer.tier. Create it, or remove the field.';
const DELETED =
  'crm.fields.graphql:1: The account has deleted the property "loyalty_tier" of Customer.tier. Restore it, or remove the field.';

describe('custom fields that are compared with the account while they are served', () => {
  it('lead to a warning when a property is deleted, and to none as long as nothing changes', async () => {
    account([TIER], []);
    account([TIER], []);
    account([], [{ ...TIER, archived: true }]);
    const nextWarning = start(20);
    checks.serve(FIELDS);
    expect(await nextWarning()).toBe(DELETED);
    checks.close();
    expect(hubspot.asked()).toHaveLength(6);
  });

  it('lead to one warning for what holds at several comparisons', async () => {
    account([], []);
    account([], []);
    account([], [{ ...TIER, archived: true }]);
    const nextWarning = start(20);
    checks.serve(FIELDS);
    expect(await nextWarning()).toBe(MISSING);
    expect(await nextWarning()).toBe(DELETED);
    checks.close();
  });

  it('lead to a warning where the properties cannot be read', async () => {
    const refused = { status: 403, body: { category: 'MISSING_SCOPES', message: 'no' } };
    hubspot.on(
      'GET',
      '/crm/properties/2026-09/contacts',
      () => refused,
      () => refused,
    );
    const nextWarning = start();
    checks.serve(FIELDS);
    expect(await nextWarning()).toMatch(
      /^The custom fields of crm could not be compared with the vendor's account: /,
    );
  });

  it('are those of the graph that is served now', async () => {
    // Both comparisons share the calls.
    account([TIER], []);
    const nextWarning = start();
    checks.serve(FIELDS);
    checks.serve(extensionOf('extend type Customer { tier: Int @property(name: "loyalty_tier") }'));
    expect(await nextWarning()).toBe(
      'crm.fields.graphql:1: Customer.tier is an integer, but its property "loyalty_tier" is text. Change the type of the field.',
    );
  });

  it('make no vendor call for a graph without custom fields', () => {
    start();
    checks.serve(new Map());
    expect(hubspot.asked()).toEqual([]);
  });
});
