import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { readFusedSupergraph } from '../../../gateway/engines/fused/fused-supergraph.ts';
import { printFieldSet } from '../../../gateway/supergraph/field-set.ts';
import { type JoinedType, readJoins, readSubgraphs } from '../../../gateway/supergraph/joins.ts';

interface Sample {
  readonly link: string;
  /** @default the one of the standard name */
  readonly prefix?: string;
  readonly types?: string;
}

const linkOf = (version: string, more = '') =>
  `@link(url: "https://specs.apollo.dev/join/${version}", for: EXECUTION${more})`;

const supergraph = ({ link, prefix = 'join', types = TYPES }: Sample) =>
  parse(
    `schema ${link} { query: Query }
    enum join__Graph { BOOKS @join__graph(name: "books", url: "http://books") PEOPLE_2 @join__graph(name: "people-2", url: "http://people") }
    ${types}`.replaceAll('join__', `${prefix}__`),
  );

const TYPES = `
  type Query @join__type(graph: BOOKS) @join__type(graph: PEOPLE_2) { book: Book @join__field(graph: BOOKS) }
  type Book
    @join__type(graph: BOOKS, key: "id")
    @join__type(graph: BOOKS, key: "isbn { code(form: [LONG]) }")
    @join__type(graph: PEOPLE_2, key: "id", resolvable: false)
  {
    id: ID!
    isbn: Isbn @join__field(graph: BOOKS)
    author: Person @join__field(graph: BOOKS, external: true) @join__field(graph: PEOPLE_2, requires: "isbn { ... on Isbn { code } }")
    price: Int @join__field(graph: BOOKS, usedOverridden: true) @join__field(graph: PEOPLE_2, override: "books")
  }
  type Isbn @join__type(graph: BOOKS) { code(form: [Form!]): String }
  enum Form @join__type(graph: BOOKS) { LONG @join__enumValue(graph: BOOKS) }
  interface Named @join__type(graph: PEOPLE_2) { name: String }
  type Person implements Named @join__implements(graph: PEOPLE_2, interface: "Named") @join__type(graph: PEOPLE_2) { name: String }
  union Thing @join__type(graph: BOOKS) @join__unionMember(graph: BOOKS, member: "Book") = Book
`;

const plain = ({ keys, fields }: JoinedType) => ({
  keys: Object.fromEntries(
    [...keys].map(([subgraph, sets]) => [subgraph, sets.map(printFieldSet)]),
  ),
  owners: Object.fromEntries([...fields].map(([name, { owners }]) => [name, owners])),
  requires: [...fields].flatMap(([name, { requires }]) =>
    [...requires].map(([owner, set]) => `${name} in ${owner}: ${printFieldSet(set)}`),
  ),
});

describe('the subgraphs of a supergraph are read', () => {
  it.each([
    ...['v0.2', 'v0.3', 'v0.4', 'v0.5'].map((version): [string, Sample] => [
      `by join ${version}`,
      { link: linkOf(version) },
    ]),
    ['by join under an alias', { link: linkOf('v0.5', ', as: "j"'), prefix: 'j' }],
    ['without any link, by the standard names', { link: '' }],
  ] satisfies [string, Sample][])('%s', (_how, sample) => {
    const { subgraphs, types } = readJoins(supergraph(sample));
    expect(subgraphs).toEqual(['books', 'people-2']);
    const [book, person, isbn] = ['Book', 'Person', 'Isbn'].map((name) => types.get(name));
    expect(book && plain(book)).toEqual({
      keys: { books: ['id', 'isbn{code(form:[LONG])}'], 'people-2': [] },
      owners: {
        id: ['books', 'people-2'],
        isbn: ['books'],
        author: ['people-2'],
        price: ['people-2'],
      },
      requires: ['author in people-2: isbn{...on Isbn{code}}'],
    });
    expect(person && plain(person)).toEqual({
      keys: { 'people-2': [] },
      owners: { name: ['people-2'] },
      requires: [],
    });
    expect(isbn && plain(isbn)).toEqual({
      keys: { books: [] },
      owners: { code: ['books'] },
      requires: [],
    });
    expect([...types.keys()]).toEqual(['Query', 'Book', 'Isbn', 'Named', 'Person']);
  });

  it('by join v0.1, which Federation 1 uses by @core', () => {
    const link =
      '@core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1")';
    const types = `
      type Query { book: Book @join__field(graph: BOOKS) }
      type Book @join__owner(graph: BOOKS) @join__type(graph: BOOKS, key: "id") @join__type(graph: PEOPLE_2, key: "id") {
        id: ID! @join__field(graph: BOOKS)
        author: String @join__field(graph: PEOPLE_2, requires: "id")
      }`;
    const joins = readJoins(supergraph({ link, types }));
    const book = joins.types.get('Book');
    expect(joins.types.get('Query')?.fields.get('book')?.owners).toEqual(['books']);
    expect(book && plain(book)).toEqual({
      keys: { books: ['id'], 'people-2': ['id'] },
      owners: { id: ['books'], author: ['people-2'] },
      requires: ['author in people-2: id'],
    });
  });

  it('with their URLs', () => {
    expect([...readSubgraphs(supergraph({ link: linkOf('v0.3') })).values()]).toEqual([
      { name: 'books', url: 'http://books' },
      { name: 'people-2', url: 'http://people' },
    ]);
    expect([
      ...readSubgraphs(parse('enum join__Graph { A @join__graph(name: "a") }')).values(),
    ]).toEqual([{ name: 'a', url: '' }]);
  });

  it('in the committed supergraph', () => {
    const document = parse(readFileSync('schema/supergraph.graphql', 'utf8'));
    expect(readJoins(document).subgraphs).toEqual(['crm', 'maps', 'payments']);
  });
});

describe('a document is refused', () => {
  it.each([
    ['without subgraphs', 'type Query { a: Int }'],
    ['with subgraphs that have no names', 'enum join__Graph { A B }'],
    [
      'whose subgraphs are not those of the linked join',
      `schema ${linkOf('v0.5', ', as: "j"')} { query: Query } enum join__Graph { A @join__graph(name: "a") }`,
    ],
  ])('%s', (_what, sdl) => {
    expect(() => readJoins(parse(sdl))).toThrow(
      'The supergraph must be a Federation v2 supergraph, but it names no subgraph (enum join__Graph).',
    );
  });

  it.each([
    ['a type', 'type Query @join__type(graph: FILMS) { a: Int }'],
    ['a field', 'type Query @join__type(graph: BOOKS) { a: Int @join__field(graph: FILMS) }'],
  ])('where %s names a subgraph that it does not have', (_what, types) => {
    expect(() => readJoins(supergraph({ link: linkOf('v0.5'), types }))).toThrow(
      'The supergraph names a subgraph FILMS that its enum join__Graph does not have.',
    );
  });
});

describe('embedded execution refuses', () => {
  it.each([
    [
      '@interfaceObject, which Query uses',
      'type Query @join__type(graph: BOOKS, isInterfaceObject: true) { a: Int }',
    ],
    [
      'progressive @override, which Query.a uses',
      'type Query @join__type(graph: BOOKS) { a: Int @join__field(graph: BOOKS, override: "people-2", overrideLabel: "percent(5)") }',
    ],
    [
      '@fromContext, which Query.a uses',
      'type Query @join__type(graph: BOOKS) { a: Int @join__field(graph: BOOKS, contextArguments: [{ context: "c", name: "n", type: "Int", selection: "{ a }" }]) }',
    ],
  ])('%s, but its joins are read', (what, types) => {
    const document = supergraph({ link: linkOf('v0.5'), types });
    expect(readJoins(document).types.get('Query')?.fields.get('a')?.owners).toEqual(['books']);
    expect(() => readFusedSupergraph(document)).toThrow(
      `Embedded execution does not support ${what}.`,
    );
  });
});
