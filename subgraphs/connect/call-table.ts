import type { CallTable, Read } from '../call-table.ts';
import type { Connector } from './connector-file.ts';
import type { ObjectTypes } from './object-types.ts';
import type { PagesPolicy } from './pages/pages-policy.ts';
import { providedObjects } from './selection-fields.ts';
import { fieldsUsed, requestMappings, responseMappings } from './used-variables.ts';

/**
 * The calls of the fields of a connector file: one for each object, or for each batch of them, and for each page of a list. A
 * field with several connectors makes one call.
 */
export function callTableOf(connectors: readonly Connector[], types: ObjectTypes): CallTable {
  const objects = connectors.flatMap((connector) => providedObjects(connector, types));
  /** The connector that reads a field of an object by its key. Objects that already contain the field need no call. */
  const finderOf = (type: string, field: string) => {
    const finder = connectors.find(
      ({ entity }) => entity?.type === type && entity.provides.has(field),
    );
    const others = objects.filter(
      (object) => object.type === type && object.connector.field !== undefined,
    );
    const carries = others.length > 0 && others.every(({ fields }) => fields?.has(field) !== false);
    return carries ? undefined : finder;
  };
  const table: Record<string, readonly Read[]> = {};
  for (const connector of connectors) {
    const { type, field } = connector;
    if (field === undefined) continue;
    const coordinate = `${type}.${field}`;
    const before = fieldsUsed(
      [...requestMappings(connector), ...responseMappings(connector)],
      '$this',
    ).flatMap((name) => finderOf(type, name) ?? []);
    const known = table[coordinate] ?? [{ ...readOf(connector), name: coordinate }];
    const added = [...new Set(before)]
      .map(readOf)
      .filter(({ name }) => known.every((read) => read.name !== name));
    table[coordinate] = [...added, ...known];
  }
  for (const [type, fields] of types)
    for (const field of fields.keys()) {
      const finder = finderOf(type, field);
      if (finder !== undefined) table[`${type}.${field}`] ??= [readOf(finder)];
    }
  return table;
}

function readOf({ name, batchSize, pages }: Connector): Read {
  const { resultKind, policy } = pages ?? {};
  if (policy !== undefined && resultKind === 'connection')
    return { per: 'page', of: policy.size ?? ASSUMED_SIZE, most: policy.maxPages, name };
  const calls = policy && { calls: mostCalls(policy) };
  return batchSize === undefined
    ? { per: 'object', name, ...calls }
    : { per: 'batch', of: batchSize, name, ...calls };
}

/** The length of the list is unknown. */
const mostCalls = ({ maxPages, maxItems, size }: PagesPolicy): number =>
  size === undefined ? maxPages : Math.min(maxPages, Math.ceil(maxItems / size));

/** Assumed page size if the policy does not set one. */
const ASSUMED_SIZE = 20;
