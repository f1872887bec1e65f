import { expect, it } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { CodedError } from '../../../errors/coded-error.ts';
import { describeUpstreamError } from '../../../errors/describe-error.ts';
import { SourceConnections } from '../../../subgraphs/connect/source-connections.ts';
import { createConnectSubgraph } from '../../../subgraphs/connect/connect-subgraph.ts';
import { ownResources } from '../test-resources.ts';
import { startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

const SDL = `
  enum State { OPEN CLOSED }
  type Item { id: ID! int: Int state: State tags: [String] flag: Boolean name: String! nested: Nested }
  type Nested { id: ID }
  type Query { item: Item @connect(source: "erp", http: { GET: "/item" }, selection: "id int state tags flag name nested { id }") }
`;
const ITEM = {
  id: 1,
  int: 1,
  state: 'OPEN',
  tags: ['a'],
  flag: true,
  name: 'n',
  nested: { id: 1 },
};

it.each([
  ['a text for an Int', { int: 'secret' }, 'int', { int: null }],
  ['a fraction for an Int', { int: 1.5 }, 'int', { int: null }],
  ['a value that an enum does not have', { state: 'SECRET' }, 'state', { state: null }],
  ['a number for a list', { tags: 7 }, 'tags', { tags: null }],
  ['a text for a Boolean', { flag: 'yes' }, 'flag', { flag: null }],
  ['an object for a text', { tags: [{ a: 'secret' }] }, 'tags', { tags: [null] }],
  ['a null that must not be', { name: null }, 'name', null],
])(
  '%s is UPSTREAM_CONTRACT at its field, embedded and as a service, without the value',
  async (_title, invalid, field, item) => {
    await using api = await startApi(() => ({ body: { ...ITEM, ...invalid } }));
    const file = readFile(
      `${HEAD} @source(name: "erp", http: { baseURL: "${api.url}" })\n${SDL}`,
      {},
    );
    const graph = fuse(file);
    for (const { run } of [graph, graph.alone]) {
      const { data, errors } = await run(`{ item { ${field} } }`);
      expect(data).toEqual({ item });
      expect(errors?.map(({ path, extensions }) => [path?.slice(0, 2), extensions])).toEqual([
        [['item', field], { code: 'UPSTREAM_CONTRACT', retryable: false, service: 'erp' }],
      ]);
      expect(JSON.stringify(errors).toLowerCase()).not.toContain('secret');
    }
    await graph.close();
  },
);

it('the log names the field of a value of the wrong type, but not the value', async () => {
  const file = readFile(
    `${HEAD} @source(name: "erp", http: { baseURL: "https://erp.example.com" })\n${SDL}`,
    {},
  );
  const connected = createConnectSubgraph(file, new SourceConnections(ownResources()));
  const error = connected.serve().unexpectedValue?.('Item.int');
  await connected.close();
  expect(error).toBeInstanceOf(CodedError);
  expect(error).not.toBeInstanceOf(GraphQLError);
  if (error instanceof CodedError)
    expect(describeUpstreamError(error).cause).toMatchObject({
      name: 'UnexpectedValue',
      issues: ['Item.int expected a value of its type'],
    });
});
