import {
  type ConstDirectiveNode,
  type DocumentNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
} from 'graphql';
import { argumentsOf, lineOf } from './connect-links.ts';
import type { Connector } from './connector-file.ts';
import type { DeclaredTypes } from './declared-types.ts';
import type { Problems } from './problems.ts';
import type { Directives, Report } from './report.ts';

/** Checks that names of types and fields, and ids of connectors, are unique. */
export function checkNames(
  document: DocumentNode,
  { connectors }: Directives,
  problems: Problems,
): void {
  checkIds([...connectors.values()], problems);
  const types = new Set<string>();
  const fields = new Set<string>();
  for (const node of document.definitions) {
    const isDefinition = isTypeDefinitionNode(node);
    if (!isDefinition && !isTypeExtensionNode(node)) continue;
    const type = node.name.value;
    if (isDefinition && types.has(type))
      problems.add('DUPLICATE_NAME', node.loc?.startToken.line ?? 1, `There are two types ${type}`);
    if (isDefinition) types.add(type);
    if (!('fields' in node)) continue;
    for (const { name, loc } of node.fields ?? []) {
      const coordinate = `${type}.${name.value}`;
      if (fields.has(coordinate))
        problems.add(
          'DUPLICATE_NAME',
          loc?.startToken.line ?? 1,
          `There are two fields ${coordinate}`,
        );
      fields.add(coordinate);
    }
  }
}

function checkIds(directives: readonly ConstDirectiveNode[], problems: Problems): void {
  const known = new Set<unknown>();
  for (const directive of directives) {
    const { id } = argumentsOf(directive);
    if (id === undefined) continue;
    const line = lineOf(directive, ['id']);
    if (known.has(id))
      problems.add('DUPLICATE_NAME', line, `Two connectors have the id ${JSON.stringify(id)}`);
    known.add(id);
  }
}

/** Checks that a field that finds an entity by its arguments has arguments named like the entity's fields. */
export function checkEntity(
  { field, entity }: Connector,
  types: DeclaredTypes,
  report: Report,
): void {
  if (field === undefined || entity === undefined) return;
  if (entity.fields.length === 0)
    report.refuse(
      'INVALID_ARGUMENT',
      'entity',
      `must use arguments, by which ${entity.type} is found, as it has entity: true`,
    );
  for (const name of entity.fields)
    if (!types.hasField(entity.type, name))
      report.refuse(
        'UNKNOWN_FIELD',
        'entity',
        `finds ${entity.type} by its argument ${name}, but ${entity.type} has no field ${name}`,
      );
}

/** Warns of fields that two connectors on a type, or two fields of `Query`, provide by the same key: only the first one is called. */
export function warnOfFieldsProvidedTwice(
  connectors: readonly Connector[],
  reportOf: (connector: Connector) => Report,
): void {
  const connectorByField = new Map<string, Connector>();
  for (const connector of connectors) {
    const { entity } = connector;
    if (entity === undefined) continue;
    const key = [connector.field === undefined, ...[...entity.fields].sort()].join(' ');
    const again: string[] = [];
    let first: Connector | undefined;
    for (const name of entity.provides) {
      if (entity.fields.includes(name)) continue;
      const place = `${entity.type}.${name} by ${key}`;
      const known = connectorByField.get(place);
      if (known === undefined) connectorByField.set(place, connector);
      else {
        first ??= known;
        again.push(name);
      }
    }
    if (first === undefined) continue;
    const other = first.field === undefined ? `another connector of ${first.type}` : first.name;
    reportOf(connector).warn(
      'FIELD_GIVEN_TWICE',
      'selection',
      `gives ${again.slice(0, 10).join(', ')} of ${entity.type} by the same key as ${other}, which is called for ${again.length === 1 ? 'it' : 'them'}`,
    );
  }
}
