import type { Connector, EntityKey } from './connector-file.ts';
import { fieldsProvidedBy } from './mapping-fields.ts';
import { fieldsUsed, pathsUsed, requestMappings } from './used-variables.ts';

/**
 * The key by which a connector finds an entity. For a connector on a type, it is what its request uses of `$this` or `$batch`. For a field
 * of `Query` with
 * `entity: true`, it is its arguments, which have the names of the key's fields.
 * @param returned the type of a field of `Query` with `entity: true`
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
