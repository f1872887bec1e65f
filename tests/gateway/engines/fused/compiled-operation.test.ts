import { describe, expect, it } from '@jest/globals';
import { CodedError } from '../../../../errors/coded-error.ts';
import { createFusedGraph } from '../../../../gateway/engines/fused/fused-graph.ts';
import type { FusedSubgraph } from '../../../../gateway/engines/fused/subgraph-schema.ts';
import { comparable } from '../../../federation/compare.ts';
import { composeSupergraph } from '../../../federation/compose-supergraph.ts';
import { runnerFor } from '../../../federation/run-operation.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@inaccessible"])\n';

const later = <T>(value: T): Promise<T> => Promise.resolve().then(() => value);
const fail = (code: 'UPSTREAM_TIMEOUT' | 'UPSTREAM_REJECTED') =>
  new CodedError(code, 'It failed.', { service: 'crm' });

let stock = 0;
const reads: string[] = [];

const shop: Omit<FusedSubgraph, 'createContext'> = {
  name: 'shop',
  sdl: `${LINK}
    type Query {
      thing(id: ID!): Thing strictThing: Thing! things: [Thing] strictThings: [Thing!] allStrict: [Thing!]! grid: [[Int!]] numbers: [Int]
      echo(text: String = "default", list: [Int!], hidden: Int = 7 @inaccessible): String kind: Kind found: [Found] notAList: [Int] stock: Int again: Query
    }
    type Mutation { take(count: Int!): Taken takeStrictly: Taken! }
    type Taken { stock: Int! query: Query later: Int }
    type Thing @key(fields: "id") { id: ID! name: String strict: String! lateStrict: String! method(of: Int): Int other: Thing day: String }
    enum Kind { BIG SMALL }
    union Found = Thing | Part
    type Part { size: Int owner: Thing }
  `,
  resolvers: {
    Query: {
      thing: (_root, { id }: { id: string }) => (id === 'none' ? null : later(thing(id))),
      strictThing: () => later(null),
      things: () => [
        thing('1'),
        later(thing('2')),
        null,
        fail('UPSTREAM_REJECTED'),
        Promise.reject(fail('UPSTREAM_TIMEOUT')),
      ],
      strictThings: () => [thing('1'), later(null)],
      allStrict: () => later([thing('1'), fail('UPSTREAM_TIMEOUT')]),
      grid: () => [[1, 2], null, [3, null], later([4])],
      numbers: () => new Set([1, later(2), 'three']),
      echo: (_root, args: object) => JSON.stringify(args),
      kind: () => 'MEDIUM',
      found: () => [
        { __typename: 'Thing', ...thing('7') },
        later({ __typename: 'Part', size: 3, owner: thing('8') }),
        { __typename: 'Nothing' },
      ],
      notAList: () => 5,
      stock: () => stock,
      again: () => ({}),
    },
    Mutation: {
      take: async (_root, { count }: { count: number }) => {
        await later(null);
        if (count < 0) throw fail('UPSTREAM_REJECTED');
        stock -= count;
        return { stock: () => stock, query: {}, later: () => later(stock) };
      },
      takeStrictly: () => Promise.reject(fail('UPSTREAM_REJECTED')),
    },
    Thing: {
      __resolveReference: ({ id }: { id: string }) => later(thing(id)),
      other: ({ id }: { id: string }) => thing(`${id}'`),
    },
    Found: {
      __resolveType: ({ __typename }: { __typename: string }) =>
        __typename === 'Part' ? later('Part') : __typename,
    },
  },
};

const thing = (id: string) => ({
  id,
  name: `thing ${id}`,
  strict: id === 'broken' ? null : 'here',
  lateStrict: id === 'late' ? later(null) : later('here too'),
  method: ({ of }: { of?: number }) => of ?? -1,
});

const notes: Omit<FusedSubgraph, 'createContext'> = {
  name: 'notes',
  sdl: `${LINK} type Thing @key(fields: "id") { id: ID! note(of: String): String strictNote: String! }`,
  resolvers: {
    Thing: {
      __resolveReference: ({ id }: { id: string }) => {
        reads.push(id);
        if (id === 'unnoted') return null;
        return id === 'refused' ? Promise.reject(fail('UPSTREAM_TIMEOUT')) : { id };
      },
      note: ({ id }: { id: string }, { of }: { of?: string }) =>
        `${id} noted${of ? ` by ${of}` : ''}`,
      strictNote: ({ id }: { id: string }) => (id === '2' ? later(null) : 'noted'),
    },
  },
};

const subgraphs = [shop, notes].map((subgraph): FusedSubgraph => ({
  ...subgraph,
  createContext: () => ({}),
}));
const supergraph = composeSupergraph(subgraphs);
const compiled = runnerFor(createFusedGraph({ supergraph, subgraphs }));
const reference = runnerFor(createFusedGraph({ supergraph, subgraphs, compiles: false }));

async function answers(query: string, variables: Record<string, unknown> = {}) {
  const start = stock;
  const expected = await reference.run(query, variables);
  stock = start;
  return { actual: await compiled.run(query, variables), expected };
}

describe('a compiled operation has the same response as in graphql-js', () => {
  it.each([
    [
      'objects, now and later',
      '{ a: thing(id: "1") { id name __typename } b: thing(id: "none") { id } }',
    ],
    ['a property that is a function', '{ thing(id: "1") { a: method b: method(of: 3) } }'],
    [
      'a null where none may be, in a place that may be null',
      '{ thing(id: "broken") { id strict } }',
    ],
    ['one that comes late', '{ thing(id: "late") { id lateStrict other { name } } }'],
    ['one that goes all the way up', '{ thing(id: "1") { id } strictThing { id } }'],
    ['items that are null, errors, late and refused', '{ things { id name } }'],
    ['a list that cannot have them', '{ strictThings { id } things { id strictNote } }'],
    ['a list that cannot be without one', '{ allStrict { id } }'],
    ['lists of lists', '{ grid }'],
    ['any iterable, and a value that is not of its type', '{ numbers kind }'],
    ['what is no list', '{ notAList }'],
    [
      'a union whose types come now, later and not at all',
      '{ found { __typename ... on Thing { name note } ... on Part { size owner { name note } } } }',
    ],
    [
      'fields of another subgraph',
      '{ things { id note other { note } } a: thing(id: "unnoted") { name note strictNote } }',
    ],
    ['a reference that is refused', '{ thing(id: "refused") { id note again: note strictNote } }'],
    [
      'one key in several fragments',
      '{ thing(id: "1") { ...A other { id } ...B } } fragment A on Thing { other { name } } fragment B on Thing { other { note } name }',
    ],
    [
      'the names that objects have by nature',
      '{ __proto__: thing(id: "1") { constructor: id toString: name __proto__: note } }',
    ],
    ['the query from below', '{ again { thing(id: "1") { note } again { kind stock } } }'],
    [
      'the schema itself',
      '{ __schema { queryType { name } } __type(name: "Kind") { enumValues { name } } stock }',
    ],
  ])('%s', async (_what, query) => {
    const { actual, expected } = await answers(query);
    expect(comparable(actual)).toEqual(comparable(expected));
    expect(Object.keys(actual.data ?? {})).toEqual(Object.keys(expected.data ?? {}));
  });

  it.each([
    ['given', { text: 'given', list: [1, 2] }],
    ['null', { text: null, list: null }],
    ['absent', {}],
    ['of another type', { text: 5 }],
    ['a list of one', { list: 3 }],
  ])('arguments whose variables are %s', async (_what, variables) => {
    const query =
      'query ($text: String, $list: [Int!]) { a: echo(text: $text, list: $list) b: echo(list: [1, 2]) c: echo(text: "c") }';
    const { actual, expected } = await answers(query, variables);
    expect(actual).toEqual(expected);
  });

  it('conditions with any values, also in one response key', async () => {
    const query = `query ($a: Boolean!, $b: Boolean = true) { thing(id: "1") {
      name @include(if: $a) name @skip(if: $b) ... @include(if: $b) { other { id @skip(if: $a) note } } other { name @include(if: $a) }
    } }`;
    for (const variables of [
      { a: true },
      { a: false },
      { a: true, b: false },
      { a: false, b: false },
      { a: true, b: null },
    ]) {
      const { actual, expected } = await answers(query, variables);
      expect({ variables, ...comparable(actual) }).toEqual({ variables, ...comparable(expected) });
    }
  });

  it('an operation with more conditions than are cached', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `c${String(index)}`);
    const query = `query (${names.map((name) => `$${name}: Boolean!`).join()}) { ${names.map((name) => `${name}: kind @include(if: $${name})`).join(' ')} stock }`;
    for (let bits = 0; bits < 128; bits += 1) {
      const variables = Object.fromEntries(
        names.map((name, index) => [name, (bits & (1 << index)) !== 0]),
      );
      const { data } = await compiled.run(query, variables);
      expect(Object.keys(data ?? {})).toEqual([
        ...names.filter((name) => variables[name]),
        'stock',
      ]);
    }
  });
});

describe('mutations', () => {
  it('run one after the other, each with the result of its own state', async () => {
    stock = 10;
    const query =
      'mutation { a: take(count: 1) { stock later } b: take(count: 2) { stock later query { stock } } c: take(count: 3) { later } }';
    const { actual, expected } = await answers(query);
    expect(actual).toEqual(expected);
    expect(actual.data).toEqual({
      a: { stock: 9, later: 9 },
      b: { stock: 7, later: 7, query: { stock: 7 } },
      c: { later: 4 },
    });
  });

  it('continue after one that failed, unless the whole response is null', async () => {
    stock = 10;
    const { actual, expected } = await answers(
      'mutation { a: take(count: -1) { stock } b: take(count: 1) { stock } }',
    );
    expect(actual).toEqual(expected);
    expect(actual.data).toEqual({ a: null, b: { stock: 9 } });
    stock = 10;
    expect(
      await compiled.run('mutation { takeStrictly { stock } take(count: 1) { stock } }'),
    ).toMatchObject({ data: null });
    expect(stock).toBe(10);
  });
});

describe('an entity', () => {
  it('is resolved once per object, however often it is selected', async () => {
    reads.length = 0;
    await compiled.run(
      '{ a: thing(id: "5") { note x: note strictNote } b: thing(id: "5") { note } c: thing(id: "6") { note } }',
    );
    expect(reads.toSorted()).toEqual(['5', '6']);
  });
});
