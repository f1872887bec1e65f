import { parse } from 'graphql';
import type { CallTable, Read } from '../call-table.ts';
import type { Connector, ConnectorFile } from './connector-file.ts';
import { readObjectTypes } from './object-types.ts';
import { givenObjects } from './selection-fields.ts';

/** The calls that the fields of a file of connectors make: one for each object, or for each batch of them. */
export function callTableOf({ sdl, connectors }: ConnectorFile): CallTable {
  const types = readObjectTypes(parse(sdl, { noLocation: true }));
  const table: Record<string, readonly Read[]> = {};
  for (const { type, field, name } of connectors)
    if (field !== undefined) table[`${type}.${field}`] = [{ per: 'object', name }];
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

const readOf = ({ name, batchSize }: Connector): Read =>
  batchSize === undefined ? { per: 'object', name } : { per: 'batch', of: batchSize, name };
