import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execute, getIntrospectionQuery, parse } from 'graphql';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';

const ALL_OF_INTROSPECTION = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};

let graph: PlannedGraph;
beforeAll(async () => {
  graph = await startPlannedGraph({
    library: {
      sdl: `type Query { book: Book shelf: [Thing] }
        union Thing = Book | Map
        type Book @key(fields: "id") { id: ID! title: String river: String weight: Int }
        type Map @key(fields: "id") { id: ID! title: String river: String }`,
      resolvers: {
        Query: {
          book: () => ({ id: 'b1', title: 'On Rivers', weight: 2 }),
          shelf: () => [
            { __typename: 'Book', id: 'b1', title: 'On Rivers', river: 'Po', weight: 2 },
            { __typename: 'Map', id: 'm1', title: 'The Rhine', river: 'Rhine' },
          ],
        },
      },
    },
    post: {
      sdl: `type Book @key(fields: "id") { id: ID! weight: Int @external postage: Int @requires(fields: "weight")
        _as_of: String stamps(of: [String]): String }`,
      resolvers: {
        Book: {
          postage: ({ weight }: { weight: number }) => weight * 3,
          _as_of: () => 'today',
          stamps: (_book: unknown, { of }: { of: readonly string[] }) => of.join('+'),
        },
      },
    },
  });
});
afterAll(() => graph.close());

describe('names that a client chooses', () => {
  it.each(['id', 'weight', '__typename', '_entities', 'constructor'])(
    'may be %s, which is also the name of something else',
    async (name) => {
      const { data, errors } = await graph.run(`{ book { ${name}: title postage } }`);
      expect(errors).toBeUndefined();
      expect(data?.['book']).toEqual({ [name]: 'On Rivers', postage: 6 });
    },
  );

  it('may be those of other fields in other types', async () => {
    const { data } = await graph.run(
      '{ shelf { ... on Book { x: title y: river __typename postage } ... on Map { y: title x: river kind: __typename } } }',
    );
    expect(data?.['shelf']).toEqual([
      { x: 'On Rivers', y: 'Po', __typename: 'Book', postage: 6 },
      { x: 'Rhine', y: 'The Rhine', kind: 'Map' },
    ]);
  });

  it('may look like generated names', async () => {
    const { data } = await graph.run('{ book { of: title _as_of _as_title: _as_of postage } }');
    expect(data).toEqual({
      book: { of: 'On Rivers', _as_of: 'today', _as_title: 'today', postage: 6 },
    });
  });

  it.each(['representations', '_as_representations', '__proto__', 'constructor'])(
    'may be $%s, also beside other variables',
    async (name) => {
      const query = `query ($a: String, $${name}: [String]) {
        book { stamps(of: $${name}) more: stamps(of: [$a, "c"]) } }`;
      const variables = JSON.parse(`{ "a": "b", "${name}": ["x", "y"] }`) as Record<
        string,
        unknown
      >;
      expect(await graph.run(query, variables)).toEqual({
        data: { book: { stamps: 'x+y', more: 'b+c' } },
      });
    },
  );

  it.each(['representations', 'Query', '_entities', 'book__post__1', '_generated_onBook1_0'])(
    'may be %s for operations and fragments',
    async (name) => {
      const query = `query ${name} { book { ...${name} } } fragment ${name} on Book { title stamps(of: ["a"]) }`;
      expect(await graph.run(query)).toEqual({
        data: { book: { title: 'On Rivers', stamps: 'a' } },
      });
    },
  );

  it('are in the order of the operation, and in the paths of errors', async () => {
    graph.answer('post', () => ({
      data: { _entities: [{ _as_cost: null }] },
      errors: [{ message: 'No.', path: ['_entities', 0, '_as_cost'] }],
    }));
    const { data, errors } = await graph.run(
      '{ was: __typename it: book { cost: postage ...Rest } } fragment Rest on Book { title id }',
    );
    expect(Object.keys(data?.['it'] as object)).toEqual(['cost', 'title', 'id']);
    expect(data?.['was']).toBe('Query');
    expect(errors?.map(({ path }) => path)).toEqual([['it', 'cost']]);
  });
});

describe('introspection', () => {
  it('works beside other fields', async () => {
    const { data } = await graph.run(
      'query ($name: String!) { thing: __type(name: $name) { name } ...Schema book { title } } fragment Schema on Query { __schema { queryType { name } } }',
      { name: 'Book' },
    );
    expect(data).toEqual({
      thing: { name: 'Book' },
      __schema: { queryType: { name: 'Query' } },
      book: { title: 'On Rivers' },
    });
  });

  it.each([
    ['as clients ask for it', {}],
    ['with all that graphql-js knows', ALL_OF_INTROSPECTION],
  ])('is complete %s', async (_how, options) => {
    const query = getIntrospectionQuery(options);
    const { data, errors } = await graph.run(query);
    const expected = await execute({ schema: graph.schema, document: parse(query) });
    expect(errors).toBeUndefined();
    expect(data).toEqual(JSON.parse(JSON.stringify(expected.data)));
  });

  it('has the same response as from graphql-js, also under aliases', async () => {
    const query = `{ here: __schema { types { kind is: name fields { name: type { ...Type } __typename } enumValues { name } } } book { title } }
      fragment Type on __Type { name kind of: ofType { is: name of: ofType { name } } }`;
    const expected = await execute({ schema: graph.schema, document: parse(query) });
    expect((await graph.run(query)).data?.['here']).toEqual(
      JSON.parse(JSON.stringify(expected.data?.['here'])),
    );
  });
});
