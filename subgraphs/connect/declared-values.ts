import type { DocumentNode } from 'graphql';
import { SCALARS } from '../scalars.ts';
import { readEnums } from './object-types.ts';

/**
 * Reads a value of a response as a scalar or an enum. Completion decides whether the type accepts it.
 * @returns undefined for a value that no such type accepts: a list or an object
 */
export type ReadLeaf = (value: unknown) => unknown;

/** Readers of the scalars and enums of a document, by type name. */
export function readLeaves(document: DocumentNode): ReadonlyMap<string, ReadLeaf> {
  const leaves = new Map([...KNOWN_SCALARS].map((name) => [name, leafOf(name)] as const));
  for (const [name, values] of readEnums(document))
    leaves.set(name, values.has('UNKNOWN') ? (value) => knownOf(values, value) : readScalar);
  return leaves;
}

/** Other scalars of a file can be any JSON. */
const KNOWN_SCALARS = new Set(['ID', 'String', 'Int', 'Float', 'Boolean', ...Object.keys(SCALARS)]);

const leafOf = (name: string): ReadLeaf =>
  name === 'Float'
    ? (value) => (typeof value === 'bigint' ? Number(value) : readScalar(value))
    : readScalar;

/** Large integers become text, to keep their digits. */
function readScalar(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' ? undefined : value;
}

/** A source may add values to an enum at any time. */
const knownOf = (values: ReadonlySet<string>, value: unknown): unknown =>
  typeof value === 'string' && !values.has(value) ? 'UNKNOWN' : readScalar(value);
