import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourcePolicy } from '../../../subgraphs/connect/source-policy.ts';
import { type Api, type ApiRequest, startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

const SDL = `
  type Query {
    a(id: ID): String @connect(source: "erp", http: { GET: "/a", queryParams: "id: $args.id" }, selection: "$.a")
  }
  type Mutation { write: String @connect(source: "erp", http: { POST: "/a" }, selection: "$.a") }
`;

const withPolicy = (url: string, policy: Partial<SourcePolicy>) =>
  fuse(
    readFile(`${HEAD} @source(name: "erp", http: { baseURL: "${url}" }) ${SDL}`, { erp: policy }),
  );

describe('a source with an API key', () => {
  it.each([
    [{ kind: 'header', name: 'x-api-key', value: 'k 1' }, '/a', 'k 1'],
    [{ kind: 'query', name: 'key', value: 'k&1' }, '/a?key=k%261', undefined],
  ] as const)('is called with the key: %j', async (auth, path, header) => {
    await using api = await startApi(() => ({ body: { a: 'x' } }));
    const graph = withPolicy(api.url, { auth });
    await graph.run('{ a }');
    await graph.close();
    expect(api.requests.map(({ path: asked, headers }) => [asked, headers['x-api-key']])).toEqual([
      [path, header],
    ]);
  });
});

describe('a source with a rate', () => {
  it('gets no more concurrent calls than its policy allows', async () => {
    await using api = await startApi(() => ({ body: { a: 'x' } }));
    const graph = withPolicy(api.url, {
      rate: { limit: 2, windowMs: 60_000 },
      timeoutMs: 2000,
    });
    const { errors } = await graph.run('{ a: a(id: 1) b: a(id: 2) c: a(id: 3) }');
    await graph.close();
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
      'UPSTREAM_RATE_LIMITED',
    ]);
    expect(api.requests).toHaveLength(2);
  });
});

describe('a source with client credentials', () => {
  let api: Api;
  let graph: ReturnType<typeof fuse>;
  let tokens: string[];
  let valid: Set<string>;
  let expiresIn: number;

  const answer = ({ path, headers }: ApiRequest) => {
    if (path === '/token') {
      const token = `t${String(tokens.length + 1)}`;
      tokens.push(token);
      valid.add(token);
      return { body: { access_token: token, token_type: 'Bearer', expires_in: expiresIn } };
    }
    const isValid = valid.has(String(headers.authorization).replace('Bearer ', ''));
    return isValid ? { body: { a: 'x' } } : { status: 401, body: {} };
  };

  beforeEach(async () => {
    tokens = [];
    valid = new Set();
    expiresIn = 3600;
    api = await startApi(answer);
    graph = withPolicy(api.url, {
      auth: {
        kind: 'oauth2',
        tokenUrl: `${api.url}/token`,
        clientId: 'me',
        clientSecret: 's:1',
        scopes: ['orders.read', 'items.read'],
      },
    });
  });
  afterEach(async () => {
    await graph.close();
    await api[Symbol.asyncDispose]();
  });

  it('fetches one token for all calls that wait for it', async () => {
    const { errors } = await graph.run('{ a: a(id: 1) b: a(id: 2) c: a(id: 3) }');
    expect(errors).toBeUndefined();
    const fetched = api.requests.filter(({ path }) => path === '/token');
    expect(fetched.map(({ body }) => body)).toEqual([
      'grant_type=client_credentials&scope=orders.read%20items.read',
    ]);
    const [, basic = ''] = fetched[0]?.headers.authorization?.split(' ') ?? [];
    expect(Buffer.from(basic, 'base64').toString()).toBe('me:s%3A1');
  });

  it('renews a refused token once for all calls, and retries them', async () => {
    await graph.run('{ a }');
    valid.clear();
    const { data, errors } = await graph.run('{ a: a(id: 1) b: a(id: 2) c: a(id: 3) }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ a: 'x', b: 'x', c: 'x' });
    expect(tokens).toEqual(['t1', 't2']);
  });

  it('retries a mutation with a renewed token, as it was not executed', async () => {
    await graph.run('{ a }');
    valid.clear();
    const { data, errors } = await graph.run('mutation { write }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ write: 'x' });
  });

  it('fetches another token when one has expired', async () => {
    expiresIn = 0.001;
    await graph.run('{ a }');
    await graph.run('{ a }');
    expect(tokens).toEqual(['t1', 't2']);
  });

  it('reports UPSTREAM_AUTH after one renewal if the source refuses new tokens, too', async () => {
    await graph.run('{ a }');
    valid.clear();
    const add = valid.add.bind(valid);
    valid.add = () => valid;
    const { errors } = await graph.run('{ a }');
    valid.add = add;
    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_AUTH');
    expect(tokens).toHaveLength(2);
  });
});
