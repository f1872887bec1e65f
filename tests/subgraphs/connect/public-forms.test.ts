import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { evaluate, parseMapping } from '../../../subgraphs/connect/mapping/mapping.ts';
import { type Api, startApi } from './start-api.ts';
import { fuse, readFile } from './start-connectors.ts';

/** The forms of mappings that public files of connectors use, in words of our own. */
describe('a form that public connectors use', () => {
  it.each<[form: string, mapping: string, input: unknown, value: unknown]>([
    [
      'objects of JSON:API, whose attributes join their id',
      'data: $.data {\n  id\n  $.attributes { name\n sku: article_number }\n}',
      { data: [{ id: 1, attributes: { name: 'n', article_number: 's' } }] },
      { data: [{ id: 1, name: 'n', sku: 's' }] },
    ],
    [
      'the first of a list with a sub-selection',
      'address: Addresses->first {\n  street: Line\n  city: City.Name\n}',
      { Addresses: [{ Line: 'l', City: { Name: 'c' } }, { Line: 'm' }] },
      { address: { street: 'l', city: 'c' } },
    ],
    ['the first of the whole response', '$->first { id }', [{ id: 1 }, { id: 2 }], { id: 1 }],
    ['the same with a blank before the arrow', '$ ->first { id }', [{ id: 1 }], { id: 1 }],
    [
      'entries of an object with lists in them',
      'groups: groups->entries { name: key members: value { id } }',
      { groups: { a: [{ id: 1 }], b: [] } },
      {
        groups: [
          { name: 'a', members: [{ id: 1 }] },
          { name: 'b', members: [] },
        ],
      },
    ],
    [
      'a map with a sub-selection after it',
      '$.words->map({text: @}) { text }',
      { words: ['a', 'b'] },
      [{ text: 'a' }, { text: 'b' }],
    ],
    [
      'a key of each item of a list',
      'names:people->map(@.name.first)',
      { people: [{ name: { first: 'f' } }] },
      { names: ['f'] },
    ],
    [
      'a match without blanks in quotes of one kind',
      "role: r->match(['A','admin'],['B','user'])",
      { r: 'B' },
      { role: 'user' },
    ],
    ['a match of null', 'state: s->match([null,"NONE"],[@,@])', { s: null }, { state: 'NONE' }],
    [
      'a match of true and false',
      'x: b->match([true, "yes"], [false, "no"])',
      { b: false },
      { x: 'no' },
    ],
    [
      'a comment in a selection, also one that is not ASCII',
      '# JSON of the page 👇\nid # the key',
      { id: 1 },
      { id: 1 },
    ],
    ['a name without a blank after its colon', 'id:ID', { ID: 1 }, { id: 1 }],
    [
      'an object by the last item of a list',
      'end: data->last.id',
      { data: [{ id: 1 }, { id: 9 }] },
      { end: 9 },
    ],
    ['a literal in place of a response', '$(true)', null, true],
    [
      'a list literal with an object',
      'items: $([{ price: price, quantity: 1 }])',
      { price: 'p' },
      { items: [{ price: 'p', quantity: 1 }] },
    ],
    ['an empty list', 'tags: $([])', {}, { tags: [] }],
    [
      'a group around the items of a list',
      'refs: ids->map({ ref: { key: @ } })',
      { ids: [1] },
      { refs: [{ ref: { key: 1 } }] },
    ],
    [
      'a group',
      'pageInfo: {\n  hasMore: has_more\n  next: links.next\n}',
      { has_more: true, links: { next: 'u' } },
      { pageInfo: { hasMore: true, next: 'u' } },
    ],
    [
      'keys with capitals, digits and underscores',
      'ISO: ISO_8601\n_id',
      { ISO_8601: 'x', _id: 2 },
      { ISO: 'x', _id: 2 },
    ],
  ])('%s', (_form, mapping, input, value) => {
    for (const version of ['v0.3', 'v0.4'] as const)
      expect(evaluate(parseMapping(mapping, version), input)).toEqual({ value, problems: [] });
  });

  it.each([
    ['page[size]: $args.n', 'a name with brackets is in quotes, such as "page[size]"'],
    ['first: items[0]', 'an item is ->get(0)'],
  ])('%s is a syntax error that names the valid form', (mapping, hint) => {
    expect(() => parseMapping(mapping, 'v0.3')).toThrow(hint);
  });
});

describe('requests as public connectors write them', () => {
  let api: Api;
  let graph: ReturnType<typeof fuse>;
  beforeAll(async () => {
    api = await startApi(({ path, body }) => ({ body: { path, sent: body === '' ? null : body } }));
    const file = readFile(SDL, { shop: { baseUrl: `${api.url}/api/` } });
    graph = fuse(file);
  });
  afterAll(async () => {
    await graph.close();
    await api[Symbol.asyncDispose]();
  });

  it.each([
    [
      'a path without a slash below a base URL with one',
      '{ bare(q: "a b") { path } }',
      '/api/search?q=a%20b&limit=5',
    ],
    ['a URL in several lines', '{ lines(id: "x/y") { path } }', '/api/items/x%2Fy/parts'],
    [
      'brackets and quotes in a path, and names of parameters in quotes',
      `{ odata(id: "o'k") { path } }`,
      `/api/People('o'k')?%24top=3`,
    ],
    [
      'all fields of an input as parameters',
      '{ input(by: { area: "CA", limit: 2 }) { path } }',
      '/api/alerts?area=CA&limit=2',
    ],
    [
      'parameters made of several arguments',
      '{ joined(a: "1", b: "2") { path } }',
      '/api/near?at=1%2C2',
    ],
    [
      'a parameter that is matched, and one that is a literal',
      '{ matched(open: true) { path } }',
      '/api/list?state=open&flag=true',
    ],
  ])('%s', async (_form, query, path) => {
    const { data, errors } = await graph.run(query);
    expect(errors).toBeUndefined();
    expect(Object.values(data ?? {})).toEqual([{ path }]);
  });

  it.each([
    [
      'the fields of an argument as body',
      'mutation { create(by: { name: "n", tags: ["t"] }) { sent } }',
      '{"name":"n","tags":["t"]}',
    ],
    [
      'an object literal with a nested list',
      'mutation { nested(id: "1") { sent } }',
      '{"order":{"lines":[{"id":"1","n":1}]},"kind":"x"}',
    ],
    ['a body by a match', 'mutation { either(note: null) { sent } }', '{"empty":true}'],
    ['no body', 'mutation { remove(id: "1") { sent } }', null],
  ])('%s', async (_form, mutation, sent) => {
    const { data, errors } = await graph.run(mutation);
    expect(errors).toBeUndefined();
    expect(Object.values(data ?? {})).toEqual([{ sent }]);
  });
});

const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.2", import: ["@connect", "@source"])
  @source(name: "shop", http: { baseURL: "{$config.url}" })

type Query {
  bare(q: String!): Echo @connect(source: "shop", http: { GET: "search?q={$args.q}&limit=5" }, selection: "path sent")
  lines(id: ID!): Echo @connect(
    source: "shop"
    http: { GET: """
      /items
      /{$args.id}
      /parts
    """ }
    selection: "path sent"
  )
  odata(id: ID!): Echo @connect(
    source: "shop"
    http: { GET: "People('{$args.id}')", queryParams: "'$top': $(3)" }
    selection: "path sent"
  )
  input(by: By): Echo @connect(
    source: "shop"
    http: { GET: "/alerts", queryParams: """
      $args.by{
        area
        limit
      }
    """ }
    selection: "path sent"
  )
  joined(a: String!, b: String!): Echo @connect(
    source: "shop"
    http: { GET: "near", queryParams: "at: $([$args.a, $args.b])->joinNotNull(',')" }
    selection: "path sent"
  )
  matched(open: Boolean): Echo @connect(
    source: "shop"
    http: { GET: "/list", queryParams: """
      state: $args.open->match([true, "open"], [false, "closed"])
      flag: $(true)
    """ }
    selection: "path sent"
  )
}

type Mutation {
  create(by: New!): Echo @connect(source: "shop", http: { POST: "items", body: "$args.by { name tags }" }, selection: "path sent")
  nested(id: ID!): Echo @connect(
    source: "shop"
    http: { PATCH: "items", body: "order: { lines: $([{ id: $args.id, n: 1 }]) } kind: $('x')" }
    selection: "path sent"
  )
  either(note: String): Echo @connect(
    source: "shop"
    http: { PUT: "items", body: "$args.note->match([null, $({ empty: true })], [@, $({ note: @ })])" }
    selection: "path sent"
  )
  remove(id: ID!): Echo @connect(source: "shop", http: { DELETE: "items/{$args.id}" }, selection: "path sent")
}

input By { area: String limit: Int }
input New { name: String tags: [String!] }
type Echo { path: String sent: String }
`;
