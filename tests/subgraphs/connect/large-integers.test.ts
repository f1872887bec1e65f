import { describe, expect, it } from '@jest/globals';
import { HEAD_V4, runEverywhere } from './run-everywhere.ts';
import { HEAD } from './start-connectors.ts';

describe('integers beyond 53 bits', () => {
  const BIG = '9007199254740993';
  const sdl = `
    scalar BigInt
    scalar Long
    type Item { id: ID! text: String int: Int float: Float big: BigInt long: Long ids: [ID!] ints: [Int] nested: Nested }
    type Nested { int: Int big: BigInt }
    type Query {
      item: Item @connect(source: "erp", http: { GET: "/item" }, selection: "id text int float big long ids ints nested { int big }")
      sum: BigInt @connect(source: "erp", http: { GET: "/item" }, selection: "$.id->add(2)")
      echo(id: ID!): ID @connect(source: "erp", http: { POST: "/echo", body: "id: $args.id" }, selection: "$.id")
    }
  `;
  const body = `{"id":${BIG},"text":${BIG},"int":${BIG},"float":${BIG},"big":${BIG},"long":-${BIG},"ids":[${BIG},1],"ints":[1,${BIG}],"nested":{"int":${BIG},"big":${BIG}}}`;

  it('keep their digits as ID, as text and as a scalar of the schema', async () => {
    const {
      result: { data, errors },
    } = await runEverywhere(sdl, '{ item { id text big long ids nested { big } } }', () => ({
      body,
    }));
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      item: {
        id: BIG,
        text: BIG,
        big: BIG,
        long: `-${BIG}`,
        ids: [BIG, '1'],
        nested: { big: BIG },
      },
    });
  });

  it('are an error of a field of type Int, also in lists and in nested objects', async () => {
    const {
      result: { data, errors },
    } = await runEverywhere(sdl, '{ item { id int ints nested { int } } }', () => ({
      body,
    }));
    expect(data).toEqual({ item: { id: BIG, int: null, ints: [1, null], nested: { int: null } } });
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['item', 'int'], 'UPSTREAM_CONTRACT'],
      [['item', 'ints', 1], 'UPSTREAM_CONTRACT'],
      [['item', 'nested', 'int'], 'UPSTREAM_CONTRACT'],
    ]);
  });

  it('of 32 to 53 bits are an error of a field of type Int', async () => {
    const {
      result: { data, errors },
    } = await runEverywhere(sdl, '{ item { id int float } }', () => ({
      body: { id: 1, int: 4294967296, float: 4294967296 },
    }));
    expect(data).toEqual({ item: { id: '1', int: null, float: 4294967296 } });
    expect(errors?.map(({ path }) => path)).toEqual([['item', 'int']]);
  });

  it('are calculated exactly', async () => {
    const {
      result: { data },
    } = await runEverywhere(sdl, '{ sum }', () => ({ body }));
    expect(data).toEqual({ sum: '9007199254740995' });
  });
});

describe('literals and paths of a connector', () => {
  const sdl = `
    type Item { kind: String first: ID size: String }
    type Query { item: Item @connect(source: "erp", http: { GET: "/item" }, selection: """
      kind: "Book"
      first: batch.id->first
      size: size->jsonStringify
    """) }
  `;
  const body = { Book: 'property', batch: [{ id: 1 }, { id: 2 }], size: null };

  it('read a property by a name in quotes in v0.3, and a literal in v0.4', async () => {
    const query = '{ item { kind } }';
    const v3 = await runEverywhere(sdl, query, () => ({ body }), { head: HEAD });
    const v4 = await runEverywhere(sdl, query, () => ({ body }), { head: HEAD_V4 });
    expect([v3.result.data, v4.result.data]).toEqual([
      { item: { kind: 'property' } },
      { item: { kind: 'Book' } },
    ]);
  });

  it('apply a method to the whole list before it, and to null as a value', async () => {
    const {
      result: { data },
    } = await runEverywhere(sdl, '{ item { first size } }', () => ({ body }), { head: HEAD });
    expect(data).toEqual({ item: { first: '1', size: 'null' } });
  });
});
