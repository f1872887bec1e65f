import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EveryMode, startEveryMode } from './every-mode.ts';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';

/** Names that every object inherits, so far as GraphQL permits them for fields. */
const INHERITED = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];

const FIELDS = INHERITED.map((name) => `${name}: Text`).join(' ');
const values = Object.fromEntries(INHERITED.map((name) => [name, `the ${name}`]));

const SUBGRAPHS = {
  library: {
    sdl: `scalar Text
      type Query { book: Book none: Book }
      type Book @key(fields: "id") { id: ID! ${FIELDS} constructors: [Book] }`,
    resolvers: {
      Query: {
        book: () => ({ id: 'b1', ...values, constructors: [{ id: 'b2', ...values }] }),
        none: () => ({ id: 'unknown', ...values }),
      },
    },
  },
  post: {
    sdl: `scalar Text
      type Book @key(fields: "id") { id: ID! ${INHERITED.map((name) => `${name}: Text @external`).join(' ')}
        label: String @requires(fields: "${INHERITED.join(' ')}")
        propertyIsEnumerable: Text toLocaleString: Text }`,
    resolvers: {
      Book: {
        __resolveReference: (reference: { id: string }) =>
          reference.id === 'unknown' ? null : reference,
        label: (book: Readonly<Record<string, unknown>>) =>
          INHERITED.map((name) => String(book[name])).join(),
        propertyIsEnumerable: () => 'yes',
        toLocaleString: () => 'here',
      },
    },
  },
};

describe('a field with the name of an inherited property', () => {
  let graph: EveryMode;
  beforeAll(async () => {
    graph = await startEveryMode(SUBGRAPHS, { services: ['post'] });
  });
  afterAll(() => graph.close());

  it.each<[string, object]>([
    [
      `{ book { ${INHERITED.join(' ')} label } }`,
      { book: { ...values, label: Object.values(values).join() } },
    ],
    [
      '{ constructor: book { toString: constructor __proto__: valueOf constructors { toString label } } }',
      {
        constructor: {
          toString: 'the constructor',
          ['__proto__']: 'the valueOf',
          constructors: [{ toString: 'the toString', label: Object.values(values).join() }],
        },
      },
    ],
    [
      '{ none { toLocaleString propertyIsEnumerable label } }',
      { none: { toLocaleString: null, propertyIsEnumerable: null, label: null } },
    ],
  ])('has its own value in every mode: %s', async (query, data) => {
    for (const [mode, run] of Object.entries(graph.modes))
      expect({ mode, ...(await run(query)) }).toEqual({ mode, data });
  });
});

describe('a service that omits a field with the name of an inherited property', () => {
  let graph: PlannedGraph;
  beforeAll(async () => {
    graph = await startPlannedGraph(SUBGRAPHS);
  });
  afterAll(() => graph.close());

  it.each([...INHERITED, 'constructors'])('fails for the field %s', async (name) => {
    graph.answer('library', () => ({ data: { book: { __typename: 'Book', id: 'b1' } } }));
    const selection = name === 'constructors' ? `${name} { id }` : name;
    const { data, errors } = await graph.run(`{ book { ${selection} } }`);
    expect(data).toEqual({ book: { [name]: null } });
    expect(errors).toMatchObject([
      { path: ['book', name], extensions: { code: 'UPSTREAM_CONTRACT', service: 'library' } },
    ]);
  });

  it('is not fetched for a field that requires it', async () => {
    graph.answer('library', () => ({ data: { book: { __typename: 'Book', id: 'b1' } } }));
    const { data } = await graph.run('{ book { label } }');
    expect(data).toEqual({ book: { label: null } });
    expect(graph.requests['post']).toEqual([]);
  });
});
