import { describe, expect, it } from '@jest/globals';
import { readConnectors } from '../../../subgraphs/connect/read-connectors.ts';

const head = (version: string) => `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@external", "@requires"])
  @link(url: "https://specs.apollo.dev/connect/${version}", import: ["@source", "@connect"])
  @source(name: "erp", http: { baseURL: "https://erp.example.com" })
`;

/** Lines of a file after its head of four, and what is said of it: `5 [CODE] sentence`. */
function read(body: string, version: 'v0.3' | 'v0.4' = 'v0.4') {
  const { file, problems = [] } = readConnectors({
    name: 'erp',
    path: 'f',
    sdl: head(version) + body,
  });
  const short = (text: string) => text.replace(/^f:(\d+): /, '$1 ');
  return { problems: problems.map(short), warnings: (file?.warnings ?? []).map(short) };
}

/** A query of a type with the given fields, read by the given selection: the selection begins in line 7. */
const order = (selection: string, fields: string, more = '') => `type Query {
  order(id: ID!): Order @connect(source: "erp", http: { GET: "/orders/{$args.id}" }, selection: """
${selection}
""") }
type Order { ${fields} }
${more}`;

type InvalidFile = readonly [title: string, body: string, ...problems: string[]];
type Right = readonly [title: string, body: string];

function itRefuses(cases: readonly InvalidFile[]): void {
  it.each(cases)('%s is refused', (_title, body, ...problems) => {
    expect(read(body).problems).toEqual(problems);
  });
}

function itWarns(cases: readonly InvalidFile[]): void {
  it.each(cases)('%s is warned of', (_title, body, ...warnings) => {
    expect(read(body)).toEqual({ problems: [], warnings });
  });
}

function itReads(cases: readonly Right[]): void {
  it.each(cases)('%s has no warning', (_title, body) => {
    expect(read(body)).toEqual({ problems: [], warnings: [] });
  });
}

describe('methods', () => {
  itRefuses([
    [
      'an unknown method in the third line of a block',
      order('id\nstate\nnote: text->uppercase', 'id: ID state: String note: String'),
      expect.stringMatching(
        /^9 \[UNKNOWN_METHOD\] Query\.order calls a method that cannot work: There is no method ->uppercase\. /,
      ) as unknown as string,
    ],
    [
      'an unknown method in a header of the source',
      `extend schema @source(name: "crm", http: {
  baseURL: "https://crm.example.com"
  headers: [
    { name: "x-a", value: "a" }
    { name: "x-b", value: "{$request.headers.b->firstOne}" }
  ]
})
type Query { a: String @connect(source: "crm", http: { GET: "/a" }, selection: "$.a") }`,
      expect.stringMatching(
        /^9 \[UNKNOWN_METHOD\] Query\.a .* \(http\.headers\)\.$/,
      ) as unknown as string,
    ],
    [
      'a method without the argument that it needs',
      order('id\nnames: names->map', 'id: ID names: [String]'),
      '8 [WRONG_ARGUMENTS] Query.order calls a method that cannot work: ->map takes at least 1 argument, but got 0 (selection).',
    ],
    [
      'a match without pairs',
      order('id: id->match("a", "b")', 'id: ID'),
      '7 [WRONG_ARGUMENTS] Query.order calls a method that cannot work: ->match takes pairs: ->match([candidate, value], [@, value for all others]) (selection).',
    ],
  ]);
  itReads([
    [
      'a call with arguments that can be left out',
      order('id n: text->parseInt s: text->slice(1)', 'id: ID n: Int s: String'),
    ],
  ]);
});

describe('the type that a selection gives', () => {
  const TYPES = 'enum State { OPEN CLOSED } type Item { id: ID @external } scalar JSON';
  itRefuses([
    [
      'an object for text',
      order('id\nnote { text }', 'id: ID note: String'),
      '8 [WRONG_TYPE] Query.order gives an object for note, but String is not an object type (selection).',
    ],
    [
      'an object in a list for an enum',
      order('states: list->map({ a: @ })', 'states: [State]', TYPES),
      '7 [WRONG_TYPE] Query.order gives an object for states, but State is not an object type (selection).',
    ],
    [
      'text for an object',
      order('item: name->trim', 'item: Item', TYPES),
      '7 [WRONG_TYPE] Query.order gives text for item, but Item is an object type (selection).',
    ],
    [
      'a list for one value',
      order('id\ntags: tags->split(",")', 'id: ID tags: String'),
      '8 [WRONG_TYPE] Query.order gives a list for tags, but String is not a list: take an item, such as by ->first (selection).',
    ],
    [
      'a list for one object, at the root',
      `type Query { item: Item @connect(source: "erp", http: { GET: "/i" }, selection: "$.items->map({ id: @.id })") } ${TYPES}`,
      '5 [WRONG_TYPE] Query.item gives a list, but Item is not a list: take an item, such as by ->first (selection).',
    ],
    [
      'one value for a list',
      order('items: { id: itemId }', 'items: [Item]', TYPES),
      '7 [WRONG_TYPE] Query.order gives an object for items, but [Item] is a list: write $([...]) (selection).',
    ],
    [
      'a text for a list',
      order('tags: "new"', 'tags: [String!]!'),
      '7 [WRONG_TYPE] Query.order gives "new" for tags, but [String!] is a list: write $([...]) (selection).',
    ],
    [
      'text for a number',
      order('count: items->joinNotNull(",")', 'count: Int'),
      '7 [WRONG_TYPE] Query.order gives text for count, but the type is Int (selection).',
    ],
    [
      'a fraction for an integer',
      order('count: 1.5', 'count: Int!'),
      '7 [WRONG_TYPE] Query.order gives 1.5 for count, but the type is Int (selection).',
    ],
    [
      'an integer of more than 32 bits',
      order('count: 2147483648', 'count: Int'),
      '7 [WRONG_TYPE] Query.order gives 2147483648 for count, but the type is Int (selection).',
    ],
    [
      'a number for true or false',
      order('isEmpty: items->size', 'isEmpty: Boolean'),
      '7 [WRONG_TYPE] Query.order gives a number for isEmpty, but the type is Boolean (selection).',
    ],
    [
      'a comparison for a fraction',
      order('total: total->gt(1)', 'total: Float'),
      '7 [WRONG_TYPE] Query.order gives true or false for total, but the type is Float (selection).',
    ],
    [
      'null for what is never null',
      order('id: null', 'id: ID!'),
      '7 [WRONG_TYPE] Query.order gives null for id, but ID! is never null (selection).',
    ],
    [
      'a value that the enum lacks, in one of the pairs of a match',
      order('state: state->match(\n["o", "OPEN"],\n[@, "OTHER"])', 'state: State', TYPES),
      '7 [WRONG_TYPE] Query.order gives "OTHER" for state, which the enum State does not have (OPEN, CLOSED) (selection).',
    ],
    [
      'a number for an enum',
      order('state: $(1)', 'state: State', TYPES),
      '7 [WRONG_TYPE] Query.order gives 1 for state, but the type is State (selection).',
    ],
    [
      'a field that the type of nested objects does not have',
      order('id\nitems {\n  id\n  prize\n}', 'id: ID items: [Item]', TYPES),
      '10 [UNKNOWN_FIELD] Query.order gives items.prize, but Item has no field prize (selection).',
    ],
  ]);
  itReads([
    ['a number for an ID or text', order('id: id->size text: 1', 'id: ID text: String')],
    ['an object for a scalar of the file', order('data: { a: 1 }', 'data: JSON', TYPES)],
    ['a list for a scalar of the file', order('data: a->split(",")', 'data: JSON!', TYPES)],
    [
      'a value of the enum or null',
      order('state: s->match(["o", "OPEN"], [@, null])', 'state: State', TYPES),
    ],
    [
      'a default in place of a value',
      order('n: $(n ?? 0) tags: $(tags ?? [])', 'n: Int tags: [String]'),
    ],
    ['a sub-selection of one or many', order('items { id }', 'items: [Item!]!', TYPES)],
    ['lists in lists', order('items { id }', 'items: [[Item!]!]', TYPES)],
    ['any property for any type', order('a b c d', 'a: Int b: State c: Boolean d: [Float]', TYPES)],
    ['an integer of 32 bits', order('a: 2147483647 b: -2147483648', 'a: Int b: Int')],
    ['calculations', order('a: n->mul(2) b: n->div(3) c: n->size', 'a: Int b: Float c: Int')],
    ['the keys of an object in camel case', order('$->keysToCamelCase { orderId }', 'orderId: ID')],
  ]);
  itWarns([
    [
      'one alternative that is no list',
      order('tags: $(tags ?? text->trim)', 'tags: [String]'),
      '7 [MAYBE_WRONG_TYPE] Query.order gives text for tags, but [String] is a list: write $([...]) (selection).',
    ],
  ]);
});

describe('unions and interfaces', () => {
  const media = (arms: string, fields = '') => `type Query {
  media: [Media] @connect(source: "erp", http: { GET: "/media" }, selection: """
  ${fields}
  ... kind->match(
    ${arms}
    [@, null]
  )
  """)
}
type Book { title: String pages: Int }
type Movie { title: String minutes: Int }`;
  const ARMS = '["b", { __typename: "Book", pages }],\n["m", { __typename: "Movie", minutes }],';
  const UNION = '\nunion Media = Book | Movie';
  itRefuses([
    [
      'a __typename that is no member',
      media(
        '["b", { __typename: "Book", pages, title }],\n["m", { __typename: "Film", minutes }],',
      ) + UNION,
      '10 [WRONG_TYPE] Query.media gives the __typename "Film", which is no member of Media (Book, Movie) (selection).',
    ],
    [
      'a field that the named member does not have',
      media('["b", { __typename: "Book", pages, minutes }],', 'title') + UNION,
      '9 [UNKNOWN_FIELD] Query.media gives minutes, but Book has no field minutes (selection).',
    ],
    [
      'a field of a member that nothing gives',
      media(ARMS, 'title').replace('pages: Int', 'pages: Int isbn: String') + UNION,
      '15 [FIELD_NOT_PROVIDED] Book.isbn has no connector, and no selection gives it.',
    ],
    [
      'text for a member',
      `type Query { media: Media @connect(source: "erp", http: { GET: "/m" }, selection: "$.a->trim") } type Book { id: ID @external } union Media = Book`,
      '5 [WRONG_TYPE] Query.media gives text, but Media is an object type (selection).',
    ],
    [
      'another __typename on an object',
      order('__typename: "Invoice" id', 'id: ID'),
      '7 [WRONG_TYPE] Query.order gives the __typename "Invoice", but the type is Order (selection).',
    ],
  ]);
  itReads([
    ['a union', media(ARMS, 'title') + UNION],
    [
      'an interface',
      `${media(ARMS, 'title').replace('Book {', 'Book implements Media {').replace('Movie {', 'Movie implements Media {')}
interface Media { title: String }`,
    ],
    [
      'two spreads, of which alternatives that do not belong together are left out',
      media(
        `${ARMS}\n[@, null])\n... kind->match(["b", { __typename: "Book", title }], ["m", { __typename: "Movie", title }],`,
      ) + UNION,
    ],
  ]);
});

describe('variables', () => {
  itRefuses([
    [
      'a field of an object of the parent that there is not',
      order(
        'id\naddress { city }',
        `id: ID address: Address
  shop: String @connect(source: "erp", http: { GET: "/s/{$this.address.town}" }, selection: "$.name")`,
        'type Address { city: String }',
      ),
      '11 [UNKNOWN_FIELD] Order.shop uses $this.address.town, but Address has no field town (http.GET).',
    ],
    [
      'a field of a text',
      order('id: $args.id.x', 'id: ID'),
      '7 [UNKNOWN_ARGUMENT] Query.order uses $args.id.x, but ID has no fields (selection).',
    ],
    [
      'the body of a request',
      order('id: $request.body', 'id: ID'),
      '7 [UNKNOWN_VARIABLE] Query.order uses $request.body, but there is only $request.headers (selection).',
    ],
    [
      'a field of the status',
      order('id: $status.code', 'id: ID'),
      '7 [UNKNOWN_VARIABLE] Query.order uses $status.code, but it is a number (selection).',
    ],
    [
      'a list in a path',
      'type Query { a(ids: [ID!]!): String @connect(source: "erp", http: { GET: "/a/{$args.ids}" }, selection: "$.a") }',
      '5 [WRONG_TYPE] Query.a puts a list where only text, a number or true and false can be: take an item by ->first, or join them by ->joinNotNull (http.GET).',
    ],
    [
      'an input object in a query parameter of the URL',
      'type Query { a(by: By): String @connect(source: "erp", http: { GET: "/a?by={$args.by}" }, selection: "$.a") } input By { id: ID }',
      '5 [WRONG_TYPE] Query.a puts an object where only text, a number or true and false can be (http.GET).',
    ],
    [
      'all values of a header of the client',
      'type Query { a: String @connect(source: "erp", http: { GET: "/a", headers: [{ name: "x-a", value: "{$request.headers.a}" }] }, selection: "$.a") }',
      '5 [WRONG_TYPE] Query.a puts a list where only text, a number or true and false can be: take an item by ->first, or join them by ->joinNotNull (http.headers).',
    ],
    [
      'a field of another subgraph without @requires',
      `type Query { order: Order @connect(source: "erp", http: { GET: "/o" }, selection: "id") }
type Order @key(fields: "id") {
  id: ID!
  email: String @external
  notes: [String] @connect(source: "erp", http: { GET: "/n/{$this.email}" }, selection: "$.notes")
}`,
      '9 [MISSING_REQUIRES] Order.notes uses $this.email, which another subgraph gives: add @requires(fields: "email") to the field (http.GET).',
    ],
    [
      'an object of another subgraph without @requires, in a selection',
      `type Query { order: Order @connect(source: "erp", http: { GET: "/o" }, selection: "id") }
type Order @key(fields: "id") {
  id: ID!
  place: Place @external
  note: String @connect(source: "erp", http: { GET: "/n" }, selection: """
    $([$this.place.city, text])->joinNotNull(" ")
  """)
}
type Place @external { city: String }`,
      '10 [MISSING_REQUIRES] Order.note uses $this.place, which another subgraph gives: add @requires(fields: "place") to the field (selection).',
    ],
  ]);
  itReads([
    [
      'what @requires names, and keys',
      `type Query { order: Order @connect(source: "erp", http: { GET: "/o" }, selection: "id") }
type Order @key(fields: "id") @key(fields: "code") {
  id: ID!
  code: String @external
  place: Place @external
  note: String @requires(fields: "place { city }") @connect(source: "erp", http: { GET: "/n/{$this.code}?c={$this.place.city}" }, selection: "$.text")
}
type Place @external { city: String }`,
    ],
    [
      'a header of the client and of the response, an item of a list, a list as query parameters',
      `type Query { a(ids: [ID!]!): String @connect(source: "erp", http: {
  GET: "/a/{$args.ids->first}"
  queryParams: "ids: $args.ids"
  headers: [{ name: "x-a", value: "{$request.headers.a->first}" }]
}, selection: "$response.headers.etag->first") }`,
    ],
    [
      'a field of a scalar that can be an object',
      'scalar JSON type Query { a(by: JSON!): String @connect(source: "erp", http: { GET: "/a/{$args.by.id}" }, selection: "$.a") }',
    ],
  ]);
  itWarns([
    [
      'an argument in a path that can be null',
      'type Query { a(id: ID): String @connect(source: "erp", http: { GET: "/a/{$args.id}" }, selection: "$.a") }',
      '5 [NULLABLE_IN_PATH] Query.a has $args.id in its path, which can be null: the field is null then, without a call (http.GET).',
    ],
    [
      'a field of an input type in a path that can be null',
      'type Query { a(by: By!): String @connect(source: "erp", http: { GET: "/a/{$args.by.id}" }, selection: "$.a") } input By { id: ID }',
      '5 [NULLABLE_IN_PATH] Query.a has $args.by.id in its path, which can be null: the field is null then, without a call (http.GET).',
    ],
    [
      'null as text',
      order('id\nsize: size->jsonStringify', 'id: ID size: String'),
      '8 [NULL_AS_TEXT] Query.order gives the text "null" where size is null: write size?->jsonStringify (selection).',
    ],
    [
      'null as text, of a longer path',
      order('id size: $.data.size->jsonStringify', 'id: ID size: String'),
      '7 [NULL_AS_TEXT] Query.order gives the text "null" where data.size is null: write data.size?->jsonStringify (selection).',
    ],
  ]);
  itReads([
    [
      'an argument in a path with a default, or that the mapping replaces',
      'type Query { a(id: ID = 1, b: ID): String @connect(source: "erp", http: { GET: "/a/{$args.id}/{$($args.b ?? 2)}" }, selection: "$.a") }',
    ],
    [
      'null that is not written as text',
      order(
        'a: a?->jsonStringify b: b->match([null, null], [@, @->jsonStringify]) c: $({ d })->jsonStringify',
        'a: String b: String c: String',
      ),
    ],
  ]);
});

describe('names', () => {
  itRefuses([
    [
      'the id of another connector',
      `type Query {
  a: String @connect(id: "one", source: "erp", http: { GET: "/a" }, selection: "$.a")
  b: String @connect(
    id: "one", source: "erp", http: { GET: "/b" }, selection: "$.b")
}`,
      '8 [DUPLICATE_NAME] Two connectors have the id "one".',
    ],
    [
      'a field twice',
      order('id name', 'id: ID\nname: String\nname: String'),
      '11 [DUPLICATE_NAME] There are two fields Order.name.',
    ],
    [
      'a type twice',
      order('id', 'id: ID', 'type Order { name: String }'),
      '10 [DUPLICATE_NAME] There are two types Order.',
    ],
  ]);
  itReads([
    ['a type that is extended', order('id name', 'id: ID', 'extend type Order { name: String }')],
  ]);
});

describe('entities', () => {
  const items = (selection: string, body = 'ids: $batch.id') => `type Query {
  item: Item @connect(source: "erp", http: { GET: "/item" }, selection: "id shop { id }")
}
type Item @connect(source: "erp", http: { POST: "/items", body: "${body}" }, selection: """
${selection}
""") { id: ID! name: String shop: Shop }
type Shop { id: ID city: String @external }`;
  itRefuses([
    [
      'a batch without its key',
      items('name'),
      '9 [KEY_NOT_SELECTED] The connector of Item must give id, by which the objects of a batch are identified (selection).',
    ],
    [
      'a batch without a nested part of its key',
      items('id name shop { city }', 'ids: $batch.shop.id'),
      '9 [KEY_NOT_SELECTED] The connector of Item must give shop.id, by which the objects of a batch are identified (selection).',
    ],
    [
      'an argument by which an entity is found and that is none of its fields',
      'type Query { item(number: ID!): Item @connect(source: "erp", http: { GET: "/items/{$args.number}" }, entity: true, selection: "id") } type Item { id: ID! }',
      '5 [UNKNOWN_FIELD] Query.item finds Item by its argument number, but Item has no field number (entity).',
    ],
    [
      'an entity that is found by nothing',
      'type Query { item(id: ID!): Item @connect(source: "erp", http: { GET: "/item" }, entity: true, selection: "id") } type Item { id: ID! }',
      '5 [INVALID_ARGUMENT] Query.item must use arguments, by which Item is found, as it has entity: true (entity).',
    ],
    [
      'arguments of a field that has no connector of its own',
      order('id name', 'id: ID name(upper: Boolean): String'),
      '9 [ARGUMENTS_NOT_USED] Order.name has arguments (upper) that nothing uses: give it a connector of its own, or remove them.',
    ],
    [
      'a field of nested objects that nothing gives',
      order('id items { id }', 'id: ID items: [[Item]]', 'type Item { id: ID\nprice: Int }'),
      '11 [FIELD_NOT_PROVIDED] Item.price has no connector, and no selection gives it.',
    ],
  ]);
  itReads([
    ['a batch with its key', items('id name')],
    [
      'entity: true on a type',
      'type Query { item: Item @connect(source: "erp", http: { GET: "/item" }, selection: "id") } type Item @connect(source: "erp", http: { GET: "/items/{$this.id}" }, entity: true, selection: "id name") { id: ID! name: String }',
    ],
  ]);
  itWarns([
    [
      'a field that two connectors find by the same key',
      `type Query {
  item: Item @connect(source: "erp", http: { GET: "/item" }, selection: "id")
}
type Item
  @connect(source: "erp", http: { GET: "/items/{$this.id}" }, selection: "id name")
  @connect(source: "erp", http: { POST: "/items", body: "ids: $batch.id" }, selection: "id name price") {
  id: ID! name: String price: Int
}`,
      '10 [FIELD_GIVEN_TWICE] The connector of Item gives name of Item by the same key as another connector of Item, which is called for it (selection).',
    ],
    [
      'an object that lacks what no connector can read later',
      `type Query {
  a: Item @connect(source: "erp", http: { GET: "/a" }, selection: "id name")
  b: Shop @connect(source: "erp", http: { GET: "/b" }, selection: """
    best {
      id
    }
  """)
}
type Item { id: ID! name: String }
type Shop { best: Item }`,
      '8 [PARTIAL_OBJECT] Query.b gives best (Item) without name: null, as no connector can read it later (selection).',
    ],
  ]);
  itReads([
    [
      'a field of Query and a connector on its type that find it by the same key',
      `type Query {
  item(id: ID!): Item @connect(source: "erp", http: { GET: "/items/{$args.id}" }, entity: true, selection: "id name")
}
type Item @connect(source: "erp", http: { POST: "/items", body: "ids: $batch.id" }, selection: "id name") { id: ID! name: String }`,
    ],
    [
      'a field that two connectors find by different keys, and one that carries only the key',
      `type Query {
  item(id: ID!): Item @connect(source: "erp", http: { GET: "/items/{$args.id}" }, entity: true, selection: "id name")
  byName(name: ID!): Item @connect(source: "erp", http: { GET: "/named/{$args.name}" }, entity: true, selection: "id name")
  first: Item @connect(source: "erp", http: { GET: "/first" }, selection: "id")
}
type Item { id: ID! name: String }`,
    ],
  ]);
});

describe('circular connectors', () => {
  const a = (fields: string, more = '') =>
    `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") }
type A {
  id: ID
${fields}
}
${more}`;
  const field = (name: string, needs: string, type = 'String') =>
    `  ${name}: ${type} @connect(source: "erp", http: { GET: "/${name}/{$this.${needs}}" }, selection: "$.v")`;
  itRefuses([
    [
      'a field that needs itself',
      a(field('x', 'x')),
      '8 [CIRCULAR_REQUIREMENT] A.x can never be called: A.x needs A.x, which A.x gives (http.GET).',
    ],
    [
      'two fields that need each other',
      a(`${field('x', 'y')}\n${field('y', 'x')}`),
      '8 [CIRCULAR_REQUIREMENT] A.x can never be called: A.x needs A.y, which A.y gives; A.y needs A.x, which A.x gives (http.GET).',
      '9 [CIRCULAR_REQUIREMENT] A.y can never be called: A.y needs A.x, which A.x gives; A.x needs A.y, which A.y gives (http.GET).',
    ],
    [
      'a cycle of three',
      a([field('x', 'y'), field('y', 'z'), field('z', 'x')].join('\n')),
      ...['8', '9', '10'].map(
        (line) =>
          expect.stringMatching(
            new RegExp(`^${line} \\[CIRCULAR_REQUIREMENT\\] A\\.. can never be called: `),
          ) as unknown as string,
      ),
    ],
    [
      'a cycle through another type',
      a(
        '  b: B @connect(source: "erp", http: { GET: "/b/{$this.code}" }, selection: "id owner { code }")',
        'type B { id: ID owner: A }',
      ).replace('id: ID\n', 'id: ID\n  code: String\n'),
      '9 [CIRCULAR_REQUIREMENT] A.b can never be called: A.b needs A.code, which A.b gives (http.GET).',
    ],
    [
      'a field that only a connector by that field gives',
      `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") }
type A @key(fields: "id") {
  id: ID!
  code: String
  name: String @connect(source: "erp", http: { GET: "/n/{$this.code}" }, selection: "$.name")
  same: A @connect(source: "erp", http: { GET: "/s/{$this.code}" }, selection: "id code")
}`,
      expect.stringMatching(
        /^10 \[CIRCULAR_REQUIREMENT\] A\.same can never be called: /,
      ) as unknown as string,
    ],
  ]);
  itReads([
    [
      'a child that refers to its own parent',
      `type Query { user(id: ID!): User @connect(source: "erp", http: { GET: "/users/{$args.id}" }, entity: true, selection: "id name") }
type User {
  id: ID! name: String
  posts: [Post] @connect(source: "erp", http: { GET: "/users/{$this.id}/posts" }, selection: "id author: { id: authorId }")
}
type Post { id: ID author: User }`,
    ],
    [
      'friends of friends',
      `type Query { me: User @connect(source: "erp", http: { GET: "/me" }, selection: "id name") }
type User {
  id: ID! name: String
  friends: [User!]! @connect(source: "erp", http: { GET: "/users/{$this.id}/friends" }, selection: "id name")
}`,
    ],
    ['a chain', a([field('x', 'y'), field('y', 'z'), field('z', 'id')].join('\n'))],
    [
      'a key that only other subgraphs give',
      `type Query { version: String @connect(source: "erp", http: { GET: "/v" }, selection: "$.v") }
type Customer @key(fields: "email") {
  email: String @external
  orders: [String] @connect(source: "erp", http: { GET: "/orders/{$this.email}" }, selection: "$.orders")
}`,
    ],
    [
      'an entity that only others lead to',
      `type Query { version: String @connect(source: "erp", http: { GET: "/v" }, selection: "$.v") }
type Item @connect(source: "erp", http: { GET: "/items/{$this.id}" }, selection: "id name") { id: ID! name: String }`,
    ],
  ]);
});

it('a problem of several alternatives is reported once', () => {
  const { problems } = read(
    order('id extra ... k->match([1, { a: 1 }], [2, { a: 2 }], [@, {}])', 'id: ID a: Int'),
  );
  expect(problems).toEqual([
    '7 [UNKNOWN_FIELD] Query.order gives extra, but Order has no field extra (selection).',
  ]);
});

it('a problem in a string with escaped line ends has the line of the directive', () => {
  const { problems } = read(
    'type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id\\n\\nb: c->nope") } type A { id: ID b: ID }',
  );
  expect(problems).toEqual([expect.stringMatching(/^5 \[UNKNOWN_METHOD\]/)]);
});
