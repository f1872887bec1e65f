import { ERROR_EXTENSIONS } from '../../errors/coded-error.ts';
import type { Report } from './report.ts';
import type { Connector } from './connector-file.ts';
import { fieldsProvidedBy } from './mapping-fields.ts';
import { isList, isObject, type Maybe, type Value } from './mapping/values.ts';
import { ruleMappings } from './used-variables.ts';

/** Characters as JSON: errors are not meant for data. */
const MAX_CHARACTERS = 4000;
const MAX_ENTRIES = 20;

/**
 * The result of `errors.extensions`, for clients.
 * @returns undefined if it is not an object, or too large
 */
export function extensionsOf(value: Maybe): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).filter(([name]) => !ERROR_EXTENSIONS.has(name));
  if (entries.length === 0 || entries.length > MAX_ENTRIES) return undefined;
  const details = Object.fromEntries(entries.map(([name, item]) => [name, withTextIntegers(item)]));
  return JSON.stringify(details).length > MAX_CHARACTERS ? undefined : details;
}

/** Converts integers beyond 53 bits to text, to keep their digits. */
function withTextIntegers(value: Value): unknown {
  if (typeof value === 'bigint') return String(value);
  if (isList(value)) return value.map(withTextIntegers);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withTextIntegers(item)]),
  );
}

/** Refuses the names of standard entries: clients rely on their meaning. */
export function checkErrorExtensions(
  { success, source }: Pick<Connector, 'success' | 'source'>,
  refuse: Report['refuse'],
): void {
  for (const { place, mapping } of [...ruleMappings(success), ...ruleMappings(source.success)]) {
    if (place !== 'errors.extensions') continue;
    for (const name of fieldsProvidedBy(mapping)?.keys() ?? [])
      if (ERROR_EXTENSIONS.has(name))
        refuse(
          'INVALID_ARGUMENT',
          place,
          `gives ${name}, which has a meaning of its own in all errors of the graph: use another name`,
        );
  }
}
