import { type DocumentNode, type FieldDefinitionNode, Kind } from 'graphql';
import { findLink, namesOf } from './connect-links.ts';
import type { Connector } from './connector-file.ts';
import { type FieldsOfTypes, fieldsIn, fieldsOfKeys } from './key-fields.ts';
import { usesOf } from './mapping/mapping.ts';
import type { ObjectTypes } from './object-types.ts';
import type { Problems } from './problems.ts';
import type { Report } from './report.ts';
import type { SelectedObject } from './selected-objects.ts';
import { fieldsUsed, requestMappings, responseMappings } from './used-variables.ts';

/** The fields that selections provide, and those that nothing does. */
export class ProvidedFields {
  readonly #types: ObjectTypes;
  readonly #connectors: readonly Connector[];
  readonly #selected: ReadonlyMap<Connector, readonly SelectedObject[]>;
  /** Types whose fields are all external. */
  readonly #externalTypes: ReadonlySet<string>;
  readonly #external: ReadonlySet<string>;
  readonly #requires: ReadonlySet<string>;
  /** Other subgraphs may provide the fields of a key. */
  readonly #keys: FieldsOfTypes;

  constructor(
    document: DocumentNode,
    types: ObjectTypes,
    selected: ReadonlyMap<Connector, readonly SelectedObject[]>,
  ) {
    this.#types = types;
    this.#connectors = [...selected.keys()];
    this.#selected = selected;
    const federation = findLink(document, 'federation');
    this.#external = namesOf(federation, '@external');
    this.#requires = namesOf(federation, '@requires');
    this.#keys = fieldsOfKeys(document, namesOf(federation, '@key'), types);
    this.#externalTypes = new Set(
      document.definitions.flatMap((node) =>
        (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) &&
        node.directives?.some(({ name }) => this.#external.has(name.value)) === true
          ? [node.name.value]
          : [],
      ),
    );
  }

  /** Checks that a selection contains the key of its batch. */
  checkKey(connector: Connector, report: Report): void {
    const { batchSize, entity, selection } = connector;
    if (batchSize === undefined || entity === undefined) return;
    const objects = this.#selected.get(connector) ?? [];
    const missing = new Set<string>();
    for (const { mapping } of requestMappings(connector))
      for (const { variable, path } of usesOf(mapping)) {
        if (variable !== '$batch') continue;
        const lacking = path.find((name, depth) =>
          objects.some(
            (object) =>
              object.path.join('.') === path.slice(0, depth).join('.') &&
              object.fields?.has(name) === false,
          ),
        );
        if (lacking !== undefined) missing.add(path.slice(0, path.indexOf(lacking) + 1).join('.'));
      }
    for (const name of missing)
      report.refuse(
        'KEY_NOT_SELECTED',
        'selection',
        `must give ${name}, by which the objects of a batch are identified`,
        { text: selection.text, position: 0 },
      );
  }

  /** Checks that fields of another subgraph that a connector uses of its parent are required. */
  checkRequires(connector: Connector, report: Report): void {
    const { type, field } = connector;
    const definition = field === undefined ? undefined : this.#types.get(type)?.get(field);
    if (definition === undefined) return;
    const required = new Set(
      (definition.directives ?? [])
        .filter(({ name }) => this.#requires.has(name.value))
        .flatMap((directive) => fieldsIn(directive, type, this.#types))
        .flatMap(([of, name]) => (of === type ? [name] : [])),
    );
    for (const { place, mapping } of [
      ...requestMappings(connector),
      ...responseMappings(connector),
    ])
      for (const { variable, path, position } of usesOf(mapping)) {
        const [name = ''] = path;
        if (variable !== '$this' || required.has(name)) continue;
        if (!this.#isExternal(type, name) || this.#keys.get(type)?.has(name) === true) continue;
        report.refuse(
          'MISSING_REQUIRES',
          place,
          `uses $this.${name}, which another subgraph gives: add @requires(fields: "${name}") to the field`,
          { text: mapping.text, position },
        );
      }
  }

  /** Checks that each field of an object type is provided: by a selection, its own connector, as a key, or by another subgraph. */
  checkFields(problems: Problems): void {
    const selected = [...this.#selected.values()].flat();
    for (const [type, fields] of this.#types) {
      const ofType = selected.filter((object) => object.type === type);
      for (const [name, field] of fields) {
        if (this.#isProvidedElsewhere(type, name)) continue;
        const line = field.loc?.startToken.line ?? 1;
        const isRoot = type === 'Query' || type === 'Mutation';
        const isProvided =
          !isRoot && ofType.some(({ fields: provided }) => provided?.has(name) !== false);
        if (!isProvided)
          problems.add(
            'FIELD_NOT_PROVIDED',
            line,
            isRoot
              ? `${type}.${name} must have a connector`
              : `${type}.${name} has no connector, and no selection gives it`,
          );
        else checkArguments(type, field, line, problems);
      }
    }
  }

  /** Warns of objects without fields that cannot be read later. */
  warnOfPartialObjects(connector: Connector, report: Report): void {
    const { selection } = connector;
    for (const { type, path, fields, position } of this.#selected.get(connector) ?? []) {
      if (fields === undefined || (connector.field === undefined && path.length === 0)) continue;
      const missing = [...(this.#types.get(type)?.keys() ?? [])].filter(
        (name) => !fields.has(name) && !this.#canBeRead(type, name, fields),
      );
      if (missing.length === 0) continue;
      const where = path.length === 0 ? type : `${path.join('.')} (${type})`;
      report.warn(
        'PARTIAL_OBJECT',
        'selection',
        `gives ${where} without ${missing.slice(0, 10).join(', ')}: null, as no connector can read ${missing.length === 1 ? 'it' : 'them'} later`,
        { text: selection.text, position },
      );
    }
  }

  /** Whether a field that an object lacks can be read by a key that the object contains. */
  #canBeRead(type: string, name: string, carried: ReadonlySet<string>): boolean {
    return (
      this.#isExternal(type, name) ||
      this.#connectors.some(
        (one) =>
          (one.type === type && one.field === name) ||
          (one.entity?.type === type &&
            one.entity.provides.has(name) &&
            one.entity.fields.every((key) => carried.has(key))),
      )
    );
  }

  /** Whether a field is known without reading others first: a key, or a field of another subgraph. */
  isKnown = (type: string, name: string): boolean =>
    this.#keys.get(type)?.has(name) === true ||
    this.#isExternal(type, name) ||
    this.#connectors.some(
      ({ field, entity }) =>
        field === undefined && entity?.type === type && entity.fields.includes(name),
    );

  #isExternal(type: string, name: string): boolean {
    return (
      this.#externalTypes.has(type) ||
      this.#types
        .get(type)
        ?.get(name)
        ?.directives?.some((directive) => this.#external.has(directive.name.value)) === true
    );
  }

  #isProvidedElsewhere(type: string, name: string): boolean {
    return (
      this.#connectors.some((connector) => connector.type === type && connector.field === name) ||
      this.#connectors.some(({ pages }) => pages?.fields.has(`${type}.${name}`) === true) ||
      this.#keys.get(type)?.has(name) === true ||
      this.#isExternal(type, name)
    );
  }
}

function checkArguments(
  type: string,
  field: FieldDefinitionNode,
  line: number,
  problems: Problems,
): void {
  const { name, arguments: args = [] } = field;
  if (args.length === 0) return;
  const named = args.map((argument) => argument.name.value).join(', ');
  problems.add(
    'ARGUMENTS_NOT_USED',
    line,
    `${type}.${name.value} has arguments (${named}) that nothing uses: give it a connector of its own, or remove them`,
  );
}

/** The fields of its parent that a connector needs. */
export const fieldsNeeded = (connector: Connector): readonly string[] =>
  connector.field === undefined
    ? (connector.entity?.fields ?? [])
    : fieldsUsed([...requestMappings(connector), ...responseMappings(connector)], '$this');
