import type { FieldDefinitionNode, TypeNode } from 'graphql';
import { listOf, namedType, type ObjectTypes } from '../object-types.ts';

/** The parts of a Relay connection field, or why it is not one: the sentence continues the name of the field. */
export type CheckedConnection =
  | { readonly problem: string; readonly itemType?: never; readonly fields?: never }
  | {
      readonly problem?: never;
      readonly itemType: string;
      /** The fields of the connection and of its parts: `OrderEdge.cursor`. */
      readonly fields: readonly string[];
    };

/** Checks a connection against https://relay.dev/graphql/connections.htm, with additional `nodes` and `totalCount`. */
export function checkConnection(field: FieldDefinitionNode, types: ObjectTypes): CheckedConnection {
  const type = namedType(field.type);
  const fields = types.get(type);
  const { edges, nodes, pageInfo } = Object.fromEntries(fields ?? []);
  if (fields === undefined || (edges === undefined && nodes === undefined))
    return {
      problem: `has pages, so it must give a list, or a connection with edges or nodes, but gives ${type}`,
    };
  const edgeType = edges && namedType(edges.type);
  const edgeFields = edgeType === undefined ? undefined : types.get(edgeType);
  const node = nodes ?? edgeFields?.get('node');
  const problem =
    argumentProblem(field) ??
    listProblem(type, { edges, nodes }) ??
    unknownProblem(type, fields, ['edges', 'nodes', 'pageInfo', 'totalCount']) ??
    typeProblem(type, fields, { totalCount: 'Int' }) ??
    (edgeType === undefined
      ? undefined
      : (unknownProblem(edgeType, edgeFields, ['node', 'cursor']) ??
        typeProblem(edgeType, edgeFields, { cursor: 'String' }))) ??
    pageInfoProblem(pageInfo, types);
  if (problem !== undefined) return { problem };
  if (node === undefined)
    return { problem: `gives ${type}, so ${String(edgeType)} must have the field node` };
  return { itemType: namedType(node.type), fields: fieldsOf([type, edgeType, pageInfo], types) };
}

function argumentProblem({ arguments: args = [] }: FieldDefinitionNode): string | undefined {
  const has = (name: string, type: string) =>
    args.some((argument) => argument.name.value === name && isOf(argument.type, type));
  return has('first', 'Int') && has('after', 'String')
    ? undefined
    : 'gives a connection, so it must have the arguments first: Int! = 20 and after: String';
}

function listProblem(
  type: string,
  lists: Readonly<Record<string, FieldDefinitionNode | undefined>>,
): string | undefined {
  for (const [name, field] of Object.entries(lists))
    if (field !== undefined && listOf(field.type) === undefined)
      return `gives ${type}, so ${type}.${name} must be a list`;
  return undefined;
}

type Fields = ReadonlyMap<string, FieldDefinitionNode> | undefined;

function unknownProblem(type: string, fields: Fields, known: readonly string[]) {
  const unknown = [...(fields?.keys() ?? [])].filter((name) => !known.includes(name));
  return unknown.length === 0
    ? undefined
    : `gives a connection, so ${type} must have no fields other than ${known.join(', ')}, but has ${unknown.join(', ')}`;
}

/** @param expected types of optional fields */
function typeProblem(type: string, fields: Fields, expected: Readonly<Record<string, string>>) {
  const wrong = Object.entries(expected).find(([name, scalar]) => {
    const field = fields?.get(name);
    return field !== undefined && !isOf(field.type, scalar);
  });
  return wrong && `gives a connection, so ${type}.${wrong[0]} must be of the type ${wrong[1]}`;
}

const PAGE_INFO = {
  hasNextPage: 'Boolean',
  hasPreviousPage: 'Boolean',
  startCursor: 'String',
  endCursor: 'String',
};

function pageInfoProblem(
  pageInfo: FieldDefinitionNode | undefined,
  types: ObjectTypes,
): string | undefined {
  if (pageInfo === undefined)
    return 'gives a connection, so the connection must have pageInfo: without it no client could read on';
  const type = namedType(pageInfo.type);
  const fields = types.get(type);
  return (
    unknownProblem(type, fields, Object.keys(PAGE_INFO)) ?? typeProblem(type, fields, PAGE_INFO)
  );
}

/** Whether it is the type, and not a list of it. */
const isOf = (type: TypeNode, name: string) =>
  listOf(type) === undefined && namedType(type) === name;

const fieldsOf = (
  parts: readonly (string | FieldDefinitionNode | undefined)[],
  types: ObjectTypes,
): readonly string[] =>
  parts.flatMap((part) => {
    if (part === undefined) return [];
    const type = typeof part === 'string' ? part : namedType(part.type);
    return [...(types.get(type)?.keys() ?? [])].map((name) => `${type}.${name}`);
  });
