import { describe, expect, it } from '@jest/globals';
import { readConnectors } from '../../../subgraphs/connect/read-connectors.ts';
import { HEAD_V4, runEverywhere } from './run-everywhere.ts';
import type { ApiRequest, ApiResponse } from './start-api.ts';
import { HEAD } from './start-connectors.ts';

const MEDIA = [
  { kind: 'book', id: 1, title: 'B', pages: 7 },
  { kind: 'movie', id: 2, title: 'M', minutes: 90 },
  { kind: 'podcast', id: 3, title: 'P' },
];

const TYPES = `
  type Book IMPLEMENTS { id: ID! title: String pages: Int }
  type Movie IMPLEMENTS { id: ID! title: String minutes: Int }
`;
const UNION = `union Media = Book | Movie ${TYPES.replaceAll('IMPLEMENTS', '')}`;
const INTERFACE = `interface Media { id: ID! title: String } ${TYPES.replaceAll('IMPLEMENTS', 'implements Media')}`;

const SELECTION = `
  id
  title
  ... kind->match(
    ["book", { __typename: "Book", pages: pages }],
    ["movie", { __typename: "Movie", minutes }],
    [@, null]
  )`;
const FIELDS = '__typename ... on Book { id title pages } ... on Movie { id title minutes }';
const FOUND = [
  { __typename: 'Book', id: '1', title: 'B', pages: 7 },
  { __typename: 'Movie', id: '2', title: 'M', minutes: 90 },
];

describe.each([
  ['a union', UNION],
  ['an interface', INTERFACE],
])('%s', (_title, types) => {
  it('is read in a list, with the type that the selection names, and null without one', async () => {
    const sdl = `${types} type Query { media: [Media] @connect(source: "erp", http: { GET: "/media" }, selection: """${SELECTION}""") }`;
    const { result, calls } = await runEverywhere(sdl, `{ media { ${FIELDS} } }`, () => ({
      body: MEDIA,
    }));
    expect(result).toEqual({ data: { media: [...FOUND, null] } });
    expect(calls).toEqual(['GET /media']);
  });

  it('is null if no alternative matches its value', async () => {
    const selection = SELECTION.replace(',\n    [@, null]', '');
    const sdl = `${types} type Query { media: [Media] @connect(source: "erp", http: { GET: "/media" }, selection: """${selection}""") }`;
    const { result, problems } = await runEverywhere(sdl, `{ media { ${FIELDS} } }`, () => ({
      body: MEDIA,
    }));
    expect(result).toEqual({ data: { media: [...FOUND, null] } });
    expect(problems).toEqual(
      expect.arrayContaining(['no_match kind 1', 'unknown_type __typename 1']),
    );
  });

  it('is an error of the list if its items are non-null', async () => {
    const sdl = `${types} type Query { media: [Media!] @connect(source: "erp", http: { GET: "/media" }, selection: """${SELECTION}""") }`;
    const { result } = await runEverywhere(sdl, `{ media { ${FIELDS} } }`, () => ({ body: MEDIA }));
    expect(result.data).toEqual({ media: null });
    expect(result.errors?.map(({ path }) => path)).toEqual([['media', 2]]);
  });

  it('is read as one object, also of a mutation', async () => {
    const sdl = `${types}
      type Query { one: Media @connect(source: "erp", http: { GET: "/one" }, selection: """${SELECTION}""") }
      type Mutation { set: Media @connect(source: "erp", http: { PUT: "/one" }, selection: """${SELECTION}""") }`;
    const one = () => ({ body: MEDIA[1] });
    expect((await runEverywhere(sdl, `{ one { ${FIELDS} } }`, one)).result.data).toEqual({
      one: FOUND[1],
    });
    expect((await runEverywhere(sdl, `mutation { set { ${FIELDS} } }`, one)).result.data).toEqual({
      set: FOUND[1],
    });
  });

  it('is read within another type, in lists and in each other', async () => {
    const sdl = `${types}
      type Shelf { name: String top: Media all: [Media] groups: [[Media]] }
      type Query { shelf: Shelf @connect(source: "erp", http: { GET: "/shelf" }, selection: """
        name
        top { ${SELECTION} }
        all { ${SELECTION} }
        groups { ${SELECTION} }
      """) }`;
    const query = `{ shelf { name top { ${FIELDS} } all { ${FIELDS} } groups { ${FIELDS} } } }`;
    const { result } = await runEverywhere(sdl, query, () => ({
      body: { name: 'S', top: MEDIA[0], all: MEDIA, groups: [[MEDIA[1]], []] },
    }));
    expect(result).toEqual({
      data: {
        shelf: { name: 'S', top: FOUND[0], all: [...FOUND, null], groups: [[FOUND[1]], []] },
      },
    });
  });

  it('whose type comes from the response is null with a problem for an unknown type', async () => {
    const sdl = `${types} type Query { media: [Media] @connect(source: "erp", http: { GET: "/media" }, selection: """
      __typename: type id title pages minutes
    """) }`;
    const body = [
      { type: 'Book', id: 1, title: 'B', pages: 7 },
      { type: 'Shelf', id: 2 },
      { type: 'Query', id: 2 },
      { type: '__proto__', id: 3 },
      { type: 7, id: 4 },
      { id: 5 },
    ];
    for (const head of [HEAD, HEAD_V4]) {
      const { result, problems } = await runEverywhere(
        sdl,
        `{ media { ${FIELDS} } }`,
        () => ({ body }),
        { head },
      );
      expect(result).toEqual({ data: { media: [FOUND[0], null, null, null, null, null] } });
      expect(problems).toContain('unknown_type __typename 5');
    }
  });

  it.each([
    ['a match of the name', '__typename: kind->match(["book", "Book"], ["movie", "Movie"])'],
    [
      'a match with a value for all others',
      '__typename: kind->match(["book", "Book"], [@, "Movie"])',
    ],
  ])('is read in v0.3 by %s', async (_name, typename) => {
    const sdl = `${types} type Query { media: [Media] @connect(source: "erp", http: { GET: "/media" }, selection: """
      ${typename} id title pages minutes
    """) }`;
    const { result } = await runEverywhere(
      sdl,
      `{ media { ${FIELDS} } }`,
      () => ({ body: MEDIA.slice(0, 2) }),
      { head: HEAD },
    );
    expect(result).toEqual({ data: { media: FOUND } });
  });

  it('is read in v0.3 as the one type that a literal names', async () => {
    const sdl = `${types} type Query { book: Media @connect(source: "erp", http: { GET: "/book" }, selection: """
      __typename: $("Book") id title pages
    """)
    movie: Media @connect(source: "erp", http: { GET: "/movie" }, selection: """
      __typename: $("Movie") id title minutes
    """) }`;
    const { result } = await runEverywhere(
      sdl,
      `{ book { ${FIELDS} } movie { ${FIELDS} } }`,
      ({ path }) => ({ body: path === '/book' ? MEDIA[0] : MEDIA[1] }),
      { head: HEAD },
    );
    expect(result).toEqual({ data: { book: FOUND[0], movie: FOUND[1] } });
  });
});

describe('a type of a union', () => {
  const answer = ({ path, body }: ApiRequest): ApiResponse => {
    if (path === '/media') return { body: [...MEDIA.slice(0, 2), { kind: 'book', id: 4 }] };
    if (path === '/owner') return { body: { media: MEDIA[0] } };
    if (path.startsWith('/movies/')) return { body: { id: 2, title: 'Movie 2', minutes: 90 } };
    if (path.endsWith('/reviews')) return { body: [{ text: `of ${path}` }] };
    // A cast: what the connector sends.
    const { ids } = JSON.parse(body) as { readonly ids: readonly (string | number)[] };
    return { body: ids.map((id) => ({ id, title: `Book ${String(id)}`, pages: 10 })) };
  };
  const sdl = `
    union Media = Book | Movie
    type Query { media: [Media] @connect(source: "erp", http: { GET: "/media" }, selection: """
      ... kind->match(["book", { __typename: "Book", id }], ["movie", { __typename: "Movie", id }])
    """)
    owner: Owner @connect(source: "erp", http: { GET: "/owner" }, selection: """
      media { ... kind->match(["book", { __typename: "Book", id }], ["movie", { __typename: "Movie", id }]) }
    """) }
    type Owner { media: Media }
    type Book @key(fields: "id") @connect(source: "erp", http: { POST: "/books", body: "ids: $batch.id" }, selection: "id title pages") {
      id: ID! title: String pages: Int
      reviews: [Review] @connect(source: "erp", http: { GET: "/books/{$this.id}/reviews" }, selection: "text")
    }
    type Review { text: String }
    type Movie @key(fields: "id") @connect(source: "erp", http: { GET: "/movies/{$this.id}" }, selection: "id title minutes") { id: ID! title: String minutes: Int }
  `;

  it('is read by its own connector if the union lacks its fields, in batches if possible', async () => {
    const { result, calls } = await runEverywhere(sdl, `{ media { ${FIELDS} } }`, answer);
    expect(result).toEqual({
      data: {
        media: [
          { __typename: 'Book', id: '1', title: 'Book 1', pages: 10 },
          { __typename: 'Movie', id: '2', title: 'Movie 2', minutes: 90 },
          { __typename: 'Book', id: '4', title: 'Book 4', pages: 10 },
        ],
      },
    });
    expect([...calls].sort()).toEqual(['GET /media', 'GET /movies/2', 'POST /books {"ids":[1,4]}']);
  });

  it('is not read again if only its key is selected', async () => {
    const { calls } = await runEverywhere(
      sdl,
      '{ media { __typename ... on Book { id } } }',
      answer,
    );
    expect(calls).toEqual(['GET /media']);
  });

  it('has fields with connectors of their own', async () => {
    const { result } = await runEverywhere(
      sdl,
      '{ media { ... on Book { reviews { text } } } }',
      answer,
    );
    expect(result).toEqual({
      data: {
        media: [
          { reviews: [{ text: 'of /books/1/reviews' }] },
          {},
          { reviews: [{ text: 'of /books/4/reviews' }] },
        ],
      },
    });
  });

  it('is read by its own connector within another object', async () => {
    const { result } = await runEverywhere(sdl, `{ owner { media { ${FIELDS} } } }`, answer);
    expect(result).toEqual({
      data: { owner: { media: { __typename: 'Book', id: '1', title: 'Book 1', pages: 10 } } },
    });
  });

  it('is not read again for a selected field that the source omitted', async () => {
    const own = sdl.replaceAll('{ __typename: "Book", id }', '{ __typename: "Book", id, title }');
    const { result, calls } = await runEverywhere(
      own,
      '{ media { ... on Book { title } } }',
      answer,
    );
    expect(result).toEqual({ data: { media: [{ title: 'B' }, {}, { title: null }] } });
    expect(calls).toEqual(['GET /media']);
  });
});

describe('a selection of a union is refused with file and line', () => {
  const problemsOf = (selection: string) =>
    readConnectors({
      name: 'erp',
      path: './erp.graphql',
      sdl: `${HEAD_V4} @source(name: "erp", http: { baseURL: "https://erp.example.com" })
union Media = Book | Movie
type Book { id: ID pages: Int }
type Movie { id: ID }
type Shelf { top: Media }
type Query {
  shelf: Shelf @connect(source: "erp", http: { GET: "/a" }, selection: """${selection}""")
}`,
    }).problems;

  it.each([
    [
      'top { id }',
      'Query.shelf must give __typename at top, one of Book, Movie: Media has several types (selection)',
    ],
    [
      'top { ... kind->match(["a", { __typename: "Shelf", id }], [@, null]) }',
      'Query.shelf gives the __typename "Shelf" for top, which is no member of Media (Book, Movie) (selection)',
    ],
  ])('%s', (selection, sentence) => {
    expect(problemsOf(selection)).toContain(`./erp.graphql:9: [WRONG_TYPE] ${sentence}.`);
  });

  it('for a field that the named type does not have', () => {
    expect(
      problemsOf(
        'top { ... kind->match(["a", { __typename: "Book", id, pages }], [@, { __typename: "Movie", id, pages }]) }',
      ),
    ).toEqual([
      './erp.graphql:9: [UNKNOWN_FIELD] Query.shelf gives top.pages, but Movie has no field pages (selection).',
    ]);
  });
});
