import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { callTablesOf } from '../../../subgraphs/module.ts';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { crmSettings } from '../../../subgraphs/crm/settings.ts';
import { mapsSettings } from '../../../subgraphs/maps/settings.ts';
import { paymentsSettings } from '../../../subgraphs/payments/settings.ts';
import { createProvider } from '../../contracts/create-provider.ts';
import { CRM_CAPABILITIES } from '../../../subgraphs/crm/capabilities.ts';
import { CRM_VENDORS } from '../../../subgraphs/crm/vendors.ts';
import { MAPS_CAPABILITIES } from '../../../subgraphs/maps/capabilities.ts';
import { MAPS_VENDORS } from '../../../subgraphs/maps/vendors.ts';
import { PAYMENTS_CAPABILITIES } from '../../../subgraphs/payments/capabilities.ts';
import { PAYMENTS_VENDORS } from '../../../subgraphs/payments/vendors.ts';

const CALL_TABLES = callTablesOf(SUBGRAPHS);

const schema = buildSchema(readFileSync('schema/api.graphql', 'utf8'));

describe.each(Object.entries(CALL_TABLES))('the calls of %s', (_service, table) => {
  it('are for fields that the graph has', () => {
    const unknown = Object.keys(table).filter((coordinate) => {
      const [type = '', field = ''] = coordinate.split('.');
      const definition = schema.getType(type);
      return !isObjectType(definition) || !(field in definition.getFields());
    });
    expect(unknown).toEqual([]);
  });
});

it('every root field, and the record of every payload of a subscription, is in a table', () => {
  const fieldsOf = (name: string) => {
    const type = schema.getType(name);
    return isObjectType(type)
      ? Object.values(type.getFields()).map((field) => ({
          coordinate: `${name}.${field.name}`,
          target: getNamedType(field.type).name,
        }))
      : [];
  };
  const payloads = fieldsOf('Subscription').map(({ target }) => target);
  const records = payloads
    .flatMap(fieldsOf)
    .filter(({ target }) => isObjectType(schema.getType(target)));
  expect(records).toHaveLength(payloads.length);
  const roots = ['Query', 'Mutation', 'Subscription'].flatMap(fieldsOf);
  const entries = [...roots, ...records].map(({ coordinate }) => coordinate);
  const known = new Set(Object.values(CALL_TABLES).flatMap((table) => Object.keys(table)));
  expect(entries.filter((coordinate) => !known.has(coordinate))).toEqual([]);
});

const ENVIRONMENT = {
  HUBSPOT_ACCESS_TOKEN: 'token',
  STRIPE_SECRET_KEY: 'key',
  GOOGLE_MAPS_API_KEY: 'key',
};

const VENDORS = [
  ...Object.entries(CRM_VENDORS).map(
    ([name, vendor]) =>
      [name, () => createProvider(vendor, crmSettings, ENVIRONMENT), CRM_CAPABILITIES] as const,
  ),
  ...Object.entries(PAYMENTS_VENDORS).map(
    ([name, vendor]) =>
      [
        name,
        () => createProvider(vendor, paymentsSettings, ENVIRONMENT),
        PAYMENTS_CAPABILITIES,
      ] as const,
  ),
  ...Object.entries(MAPS_VENDORS).map(
    ([name, vendor]) =>
      [name, () => createProvider(vendor, mapsSettings, ENVIRONMENT), MAPS_CAPABILITIES] as const,
  ),
];

it.each(VENDORS)(
  'the estimated calls of %s follow from the capabilities of its provider',
  async (_name, create, estimated) => {
    const provider = create();
    const own = new Map<string, unknown>(Object.entries(provider.capabilities));
    const same = estimated.filter((one) =>
      Object.entries(one).every(([name, value]) => isDeepStrictEqual(own.get(name), value)),
    );
    expect(same).toHaveLength(1);
    await provider.close();
  },
);
