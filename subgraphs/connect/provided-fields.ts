import { type DocumentNode, type FieldDefinitionNode, Kind } from 'graphql';
import type { Refuse } from './check-variables.ts';
import { findLink, namesOf } from './connect-links.ts';
import type { Connector } from './connector-file.ts';
import { namedType, type ObjectTypes } from './object-types.ts';
import type { Problems } from './problems.ts';
import { type GivenObject, givenObjects } from './selection-fields.ts';
import { fieldsGivenBy } from './given-fields.ts';

/** Which fields selections give, and which nothing does. */
export class ProvidedFields {
  readonly #document: DocumentNode;
  readonly #types: ObjectTypes;
  readonly #connectors: readonly Connector[];
  readonly #given: ReadonlyMap<Connector, readonly GivenObject[]>;
  readonly #external: ReadonlySet<string>;
  /** Types that `@key` or a connector makes entities: others may give their fields. */
  readonly #keys: ReadonlyMap<string, readonly string[]>;

  constructor(document: DocumentNode, types: ObjectTypes, connectors: readonly Connector[]) {
    this.#document = document;
    this.#types = types;
    this.#connectors = connectors;
    this.#given = new Map(
      connectors.map((connector) => [connector, givenObjects(connector, types)]),
    );
    const federation = findLink(document, 'federation');
    this.#external = namesOf(federation, '@external');
    this.#keys = keysOf(document, namesOf(federation, '@key'));
  }

  /** Checks that a selection gives the kind of value and only fields that there are, and the key of its batch. */
  checkSelection(connector: Connector, refuse: Refuse): void {
    const leaf = leafTypeOf(connector, this.#types, this.#document);
    if (leaf !== undefined && fieldsGivenBy(connector.selection) !== undefined)
      refuse(
        'WRONG_TYPE',
        'selection',
        `gives an object, but ${leaf} is none: begin the path with "$."`,
      );
    for (const { type, fields, path } of this.#given.get(connector) ?? [])
      for (const name of fields?.keys() ?? [])
        if (name !== '__typename' && this.#types.get(type)?.has(name) !== true)
          refuse(
            'UNKNOWN_FIELD',
            'selection',
            `gives ${[...path, name].filter((part) => !part.startsWith('...')).join('.')}, but ${type} has no field ${name}`,
          );
    const { batchSize, entity } = connector;
    const [root] = this.#given.get(connector) ?? [];
    if (batchSize === undefined || entity === undefined || root?.fields === undefined) return;
    for (const name of entity.fields)
      if (!root.fields.has(name))
        refuse(
          'KEY_NOT_SELECTED',
          'selection',
          `must give ${name}, by which the objects of a batch are told apart`,
        );
  }

  /** Checks that each field of an object type is given: by a selection, a connector of its own, or as a key or by another subgraph. */
  checkFields(problems: Problems): void {
    const given = [...this.#given.values()].flat();
    for (const [type, fields] of this.#types) {
      const ofType = given.filter((object) => object.type === type);
      for (const [name, field] of fields) {
        if (this.#isGivenOtherwise(type, name, field)) continue;
        const isRoot = type === 'Query' || type === 'Mutation';
        if (!isRoot && ofType.some((object) => object.fields?.has(name) !== false)) continue;
        problems.add(
          'FIELD_NOT_PROVIDED',
          field.loc?.startToken.line ?? 1,
          isRoot
            ? `${type}.${name} must have a connector`
            : `${type}.${name} has no connector, and no selection gives it`,
        );
      }
    }
  }

  #isGivenOtherwise(type: string, name: string, field: FieldDefinitionNode): boolean {
    return (
      this.#connectors.some((connector) => connector.type === type && connector.field === name) ||
      this.#connectors.some(({ pages }) => pages?.fields.has(`${type}.${name}`) === true) ||
      this.#keys.get(type)?.includes(name) === true ||
      (field.directives ?? []).some((directive) => this.#external.has(directive.name.value))
    );
  }
}

/** The scalar or enum that a field with a connector is of; undefined for others. */
function leafTypeOf(
  { type, field }: Connector,
  types: ObjectTypes,
  { definitions }: DocumentNode,
): string | undefined {
  const definition = field === undefined ? undefined : types.get(type)?.get(field);
  if (definition === undefined) return undefined;
  const name = namedType(definition.type);
  const isLeaf =
    SCALARS.has(name) ||
    definitions.some((node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === name);
  return isLeaf ? name : undefined;
}

/** Other scalars can have objects as values. */
const SCALARS = new Set(['ID', 'String', 'Int', 'Float', 'Boolean']);

/** The first fields of the keys of each type. */
function keysOf(
  { definitions }: DocumentNode,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const node of definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION)
      continue;
    for (const directive of node.directives ?? []) {
      const fields = directive.arguments?.find(({ name }) => name.value === 'fields')?.value;
      if (!names.has(directive.name.value) || fields?.kind !== Kind.STRING) continue;
      const found = fields.value.match(/\w+/g) ?? [];
      keys.set(node.name.value, [...(keys.get(node.name.value) ?? []), ...found]);
    }
  }
  return keys;
}
