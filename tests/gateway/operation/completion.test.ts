import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, GraphQLError, Kind, parse } from 'graphql';
import { completeResponse, type ResponseValues } from '../../../gateway/operation/completion.ts';
import { ErrorsByPath } from '../../../gateway/operation/errors-by-path.ts';
import { responseShape } from '../../../gateway/operation/response-shape.ts';

const schema = buildSchema(`
  type Query { node: Node strict: Node! list: [Node!] lists: [[Node]!]! any: Any }
  type Node { leaf: Int! maybe: Kind leaves: [Int!]! maybes: [Int]! node: Node strict: Strict }
  type Strict { node: Node! nodes: [Node!]! }
  enum Kind { BIG SMALL }
  union Any = Node | Strict
`);
const LEAVES = 'leaf maybe leaves maybes';
const QUERY = `{
  node { ${LEAVES} node { leaf } strict { node { leaf } nodes { leaf } } }
  strict { leaf }
  list { ${LEAVES} }
  lists { strict { node { leaf } } }
  any { ... on Node { leaf } ... on Strict { node { leaf } } }
}`;

const leaves = () => ({ leaf: 1, maybe: 'BIG', leaves: [1, 2], maybes: [3] });
const full = () => ({
  node: {
    ...leaves(),
    node: { leaf: 1 },
    strict: { node: { leaf: 1 }, nodes: [{ leaf: 1 }, { leaf: 2 }] },
  },
  strict: { leaf: 1 },
  list: [leaves(), leaves()],
  lists: [[{ strict: { node: { leaf: 1 } } }], []],
  any: { __typename: 'Strict', node: { leaf: 1 } },
});

const byResponseName: ResponseValues = {
  read: (object, { responseName }) => object[responseName],
  typeNameOf: (object) => ('__typename' in object ? object.__typename : undefined),
};

function complete(
  query: string,
  data: object,
  values = byResponseName,
  before: readonly GraphQLError[] = [],
) {
  const [operation] = parse(query).definitions;
  const root = schema.getQueryType();
  if (operation?.kind !== Kind.OPERATION_DEFINITION || root == null)
    throw new TypeError('The text is a query.');
  const shape = responseShape(
    schema,
    { operation, fragments: new Map() },
    ({ name }) => name.value,
  );
  const errors = new ErrorsByPath(before);
  const completed = completeResponse(data, { schema, shape, root, values, errors });
  return { data: completed, ...(errors.all.length > 0 && { errors: errors.all }) };
}

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The keys to each value below an object or a list. */
function pathsIn(value: unknown): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => [
    [key],
    ...pathsIn(below).map((path) => [key, ...path]),
  ]);
}

function put(target: object, [key = '', ...rest]: readonly string[], value: unknown): void {
  // A cast: the path leads through objects and lists.
  const holder = target as Record<string, object>;
  if (rest.length === 0) Reflect.set(target, key, value);
  else put(holder[key] ?? {}, rest, value);
}

describe('completion propagates nulls as graphql-js does', () => {
  const paths = pathsIn(full()).filter((path) => path.at(-1) !== '__typename');

  it.each([[[]], ...paths.map((path) => [path])])(
    'with a null at %j',
    (path: readonly string[]) => {
      const data = full();
      if (path.length > 0) put(data, path, null);
      const expected = execute({ schema, document: parse(QUERY), rootValue: data });
      expect(toJson(complete(QUERY, data))).toEqual(toJson(expected));
    },
  );

  it.each(paths.filter((path) => !path.some((key) => /^\d/.test(key))).map((path) => [path]))(
    'with an error at %j',
    (path: readonly string[]) => {
      const data = full();
      put(data, path, new Error('It failed.'));
      const expected = execute({ schema, document: parse(QUERY), rootValue: data });
      expect(toJson(complete(QUERY, data))).toEqual(toJson(expected));
    },
  );
});

describe('completion reports', () => {
  const messages = (query: string, data: object) =>
    complete(query, data).errors?.map(
      ({ message, path }) => `${String(path?.join('.'))}: ${message}`,
    );

  it.each([
    [
      'a missing value',
      '{ node { maybe } }',
      { node: {} },
      'node.maybe: Expected a value of Node.maybe, but got none.',
    ],
    [
      'an unknown enum value',
      '{ node { maybe } }',
      { node: { maybe: 'HUGE' } },
      'node.maybe: Expected a Kind for Node.maybe, but got something else.',
    ],
    [
      'text for a list',
      '{ list { leaf } }',
      { list: 'text' },
      'list: Expected a list for Query.list, but got a string.',
    ],
    [
      'a number for an object',
      '{ node { leaf } }',
      { node: 5 },
      'node: Expected an object for Query.node, but got a number.',
    ],
    [
      'an object of a type that is not declared',
      '{ any { __typename } }',
      { any: { __typename: 'Other' } },
      'any: Expected an object of Any for Query.any, but got one of no type of it.',
    ],
  ])('%s, which is null in the response', (_what, query, data, message) => {
    expect(messages(query, data)).toEqual([message]);
  });

  it.each([
    ['above', ['node']],
    ['at', ['node', 'leaf']],
    ['below', ['node', 'leaf', 'deeper']],
  ])('nothing about a null that an error %s it explains', (_where, path) => {
    const before = new GraphQLError('It failed.', { path });
    expect(
      complete('{ node { leaf } }', { node: { leaf: null } }, byResponseName, [before]),
    ).toEqual({
      data: { node: null },
      errors: [before],
    });
  });

  it('each field that fails, also beside one that has already made the parent null', () => {
    const data = { node: { leaf: new Error('one'), leaves: new Error('two') } };
    expect(messages('{ node { leaf leaves } }', data)).toEqual([
      'node.leaf: one',
      'node.leaves: two',
    ]);
  });
});
