import type { Connector, EntityKey } from './connector-file.ts';
import { fieldsProvidedBy } from './mapping-fields.ts';
import { fieldsUsed, pathsUsed, requestMappings } from './used-variables.ts';

/**
 * How a connector finds an entity: one on a type does, by what its request uses of `$this` or `$batch`; a field of `Query` does where it says so,
 * by its arguments, which have the names of the key's fields.
 * @param returned is the type of a field of `Query` that says so
 */
export function entityKeyOf(
  connector: Pick<Connector, 'type' | 'field' | 'request' | 'source' | 'selection'>,
  returned: string | undefined,
): EntityKey | undefined {
  const type = connector.field === undefined ? connector.type : returned;
  if (type === undefined) return undefined;
  const mappings = requestMappings(connector);
  const ofBatch = fieldsUsed(mappings, '$batch');
  const variable = returned !== undefined ? '$args' : ofBatch.length > 0 ? '$batch' : '$this';
  return {
    type,
    variable,
    fields: variable === '$batch' ? ofBatch : fieldsUsed(mappings, variable),
    paths: pathsUsed(mappings, variable),
    provides: new Set(fieldsProvidedBy(connector.selection)?.keys() ?? []),
  };
}
