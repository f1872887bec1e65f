import { parse } from 'graphql';
import type { CallTable, Read } from '../call-table.ts';
import type { Connector, ConnectorFile } from './connector-file.ts';
import { readObjectTypes } from './object-types.ts';
import type { PagesPolicy } from './pages/pages-policy.ts';
import { givenObjects } from './selection-fields.ts';

/** The calls that the fields of a file of connectors make: one for each object, or for each batch of them, and for each page of a list. */
export function callTableOf({ sdl, connectors }: ConnectorFile): CallTable {
  const types = readObjectTypes(parse(sdl, { noLocation: true }));
  const table: Record<string, readonly Read[]> = {};
  for (const connector of connectors) {
    const { type, field } = connector;
    if (field !== undefined) table[`${type}.${field}`] = [readOf(connector)];
  }
  const given = connectors.flatMap((connector) => givenObjects(connector, types));
  for (const [type, fields] of types)
    for (const field of fields.keys()) {
      const finder = connectors.find(
        ({ entity }) => entity?.type === type && entity.provides.has(field),
      );
      if (finder === undefined || table[`${type}.${field}`] !== undefined) continue;
      // Objects that carry the field take no call for it.
      const carries = given.every(
        (object) => object.type !== type || object.fields?.has(field) !== false,
      );
      if (!carries) table[`${type}.${field}`] = [readOf(finder)];
    }
  return table;
}

function readOf({ name, batchSize, pages }: Connector): Read {
  const { gives, policy } = pages ?? {};
  if (policy !== undefined && gives === 'connection')
    return { per: 'page', of: policy.size ?? ASSUMED_SIZE, most: policy.maxPages, name };
  const calls = policy && { calls: mostCalls(policy) };
  return batchSize === undefined
    ? { per: 'object', name, ...calls }
    : { per: 'batch', of: batchSize, name, ...calls };
}

/** How long the list is, nobody knows before. */
const mostCalls = ({ maxPages, maxItems, size }: PagesPolicy): number =>
  size === undefined ? maxPages : Math.min(maxPages, Math.ceil(maxItems / size));

/** Of a page whose size the policy does not say. */
const ASSUMED_SIZE = 20;
