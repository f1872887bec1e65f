import { buildSchema, getNamedType, isObjectType, Kind, parse } from 'graphql';
import { type AccessTable, readAccessTable } from './access-table.ts';
import { readSdl } from './all-forms.ts';

/** The rules and types of a subgraph, with an `_entities` that gives one type alone, which is all that is asked for at once. */
export function entityTable({
  service,
  entity,
}: {
  readonly service: string;
  readonly entity: string;
}): AccessTable {
  const sdl = readSdl(service);
  const schema = buildSchema(`${sdl}\nextend type Query { _entities: [${entity}]! }`, {
    assumeValid: true,
    assumeValidSDL: true,
  });
  return readAccessTable(schema, sdl);
}

/** What is protected of the entities of a subgraph, and of all that can be asked for below them. */
export function placesBelow(service: string): string[] {
  const { protected: places, schema } = entityTable({ service, entity: 'Customer' });
  const below = new Set<string>();
  const follow = (name: string) => {
    const type = schema.getType(name);
    if (below.has(name) || !isObjectType(type)) return;
    below.add(name);
    for (const field of Object.values(type.getFields())) follow(getNamedType(field.type).name);
  };
  for (const definition of parse(readSdl(service)).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    if (definition.directives?.some(({ name }) => name.value === 'key') === true)
      follow(definition.name.value);
  }
  return places.filter((place) => below.has(place.split('.')[0] ?? ''));
}
