import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, isObjectType } from 'graphql';
import type { Problems } from '../../configuration/environment.ts';
import { CALL_TABLES } from '../../subgraphs/call-tables.ts';
import { BATCH_SIZE } from '../../subgraphs/crm/calls.ts';
import { CRM_VENDORS } from '../../subgraphs/crm/vendors.ts';
import { MAX_PLACES, NAMED_WAYPOINTS, PLACES_PAGE_SIZE } from '../../subgraphs/maps/calls.ts';
import { MAPS_VENDORS } from '../../subgraphs/maps/vendors.ts';

const schema = buildSchema(readFileSync('schema/api.graphql', 'utf8'));

describe.each(Object.entries(CALL_TABLES))('the calls of %s', (_service, table) => {
  it('are those of fields that the graph has', () => {
    const unknown = Object.keys(table).filter((coordinate) => {
      const [type = '', field = ''] = coordinate.split('.');
      const definition = schema.getType(type);
      return !isObjectType(definition) || !(field in definition.getFields());
    });
    expect(unknown).toEqual([]);
  });
});

it('every entry point and every change is in a table', () => {
  const entries = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${String(type?.name)}.${field}`),
  );
  const known = new Set(Object.values(CALL_TABLES).flatMap((table) => Object.keys(table)));
  expect(entries.filter((coordinate) => !known.has(coordinate))).toEqual([]);
});

describe('a vendor reads as much at once as is foreseen', () => {
  const environment = { HUBSPOT_ACCESS_TOKEN: 'token', GOOGLE_MAPS_API_KEY: 'key' };

  it.each(Object.entries(CRM_VENDORS))('%s', async (_name, vendor) => {
    const problems: Problems = [];
    const provider = vendor.create(environment, problems);
    expect(provider?.capabilities.maxBatchSize ?? problems).toBeGreaterThanOrEqual(BATCH_SIZE);
    await provider?.close();
  });

  it.each(Object.entries(MAPS_VENDORS))('%s', async (_name, vendor) => {
    const problems: Problems = [];
    const provider = vendor.create(environment, problems);
    const { maxNamedWaypoints = 0, maxPlacesPageSize = 0, maxPlaces = 0 } = provider?.capabilities ?? {};
    expect(problems).toEqual([]);
    expect(maxNamedWaypoints).toBeGreaterThanOrEqual(NAMED_WAYPOINTS);
    expect(maxPlacesPageSize).toBeGreaterThanOrEqual(PLACES_PAGE_SIZE);
    expect(maxPlaces).toBeLessThanOrEqual(MAX_PLACES);
    await provider?.close();
  });
});
