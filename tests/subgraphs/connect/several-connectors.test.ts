import { describe, expect, it } from '@jest/globals';
import { readConnectors } from '../../../subgraphs/connect/read-connectors.ts';
import { startApi } from './start-api.ts';
import { callTableIn, fuse, HEAD, readFile } from './start-connectors.ts';

const SDL = `${HEAD}
  @source(name: "erp", http: { baseURL: "http://127.0.0.1:9" })
type Query { items: [Item!] @connect(source: "erp", http: { GET: "/items" }, selection: "id code name") }
type Item @connect(source: "erp", http: { GET: "/details/{$this.id}" }, selection: "serial") {
  id: ID! code: String name: String serial: String
  price: String
    @connect(source: "erp", http: { GET: "/prices/{$this.code}" }, selection: "$.price")
    @connect(source: "erp", http: { GET: "/serials/{$this.serial}" }, selection: "$.price")
    @connect(source: "erp", http: { GET: "/search", queryParams: "q: $this.name" }, selection: "$.found")
}`;

describe('a field with several connectors', () => {
  it('is read by the first whose request needs no null value', async () => {
    await using api = await startApi(({ path }) => {
      if (path === '/items')
        return { body: [{ id: 1, code: 'a' }, { id: 2 }, { id: 3, name: 'n' }, { id: 4 }] };
      if (path.startsWith('/details/'))
        return path.endsWith('/2') ? { body: { serial: 's2' } } : { status: 404 };
      return { body: { price: path, found: 'found' } };
    });
    const graph = fuse(readFile(SDL, { erp: { baseUrl: api.url } }));
    const { data, errors } = await graph.run('{ items { price } }');
    await graph.close();
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      items: [
        { price: '/prices/a' },
        { price: '/serials/s2' },
        { price: 'found' },
        { price: null },
      ],
    });
  });

  it('is estimated as one call, with the one that reads fields that its object lacks', () => {
    expect(callTableIn(readFile(SDL, {}))).toEqual({
      'Query.items': [{ per: 'object', name: 'Query.items' }],
      'Item.serial': [{ per: 'object', name: 'Item#1' }],
      'Item.price': [
        { per: 'object', name: 'Item#1' },
        { per: 'object', name: 'Item.price' },
      ],
    });
  });

  it('cannot be a mutation', () => {
    const sdl = `${HEAD}
      @source(name: "erp", http: { baseURL: "http://127.0.0.1:9" })
      type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") }
      type Mutation { b: String
        @connect(source: "erp", http: { POST: "/b" }, selection: "$.a")
        @connect(source: "erp", http: { POST: "/c" }, selection: "$.a") }`;
    expect(readConnectors({ name: 'erp', path: './erp.graphql', sdl }).problems).toEqual([
      expect.stringContaining(
        'Mutation.b must not have several connectors: a mutation makes one call',
      ),
    ]);
  });
});

describe('the calls of a type that other subgraphs refer to', () => {
  it('count the connector that finds its fields by the key', () => {
    const sdl = `${HEAD}
      @source(name: "erp", http: { baseURL: "http://127.0.0.1:9" })
      type Customer @key(fields: "id") @connect(source: "erp", http: { GET: "/customers/{$this.id}" }, selection: "tier") {
        id: ID! tier: String
      }`;
    expect(callTableIn(readFile(sdl, {}))).toEqual({
      'Customer.tier': [{ per: 'object', name: 'Customer#1' }],
    });
  });
});
