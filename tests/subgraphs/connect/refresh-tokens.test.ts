import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { createMemoryState } from '../../../state/memory-state.ts';
import { openRedisState } from '../../../state/redis-state.ts';
import type { SharedState } from '../../../state/shared-state.ts';
import { NO_MONITOR } from '../../../upstream/upstream-monitor.ts';
import type { VendorRefusal } from '../../../upstream/vendor-refusal.ts';
import { type RedisServer, startRedis } from '../../state/redis-server.ts';
import { type Api, type ApiRequest, type ApiResponse, startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

const SDL = `type Query { a(id: ID): String @connect(source: "erp", http: { GET: "/a", queryParams: "id: $args.id" }, selection: "$.a") }`;
const SECONDS = 1000;

/** A server that takes each refresh token once, and revokes everything when one comes twice: RFC 9700, section 4.14.2. */
let api: Api;
let accessTokens: string[];
let refreshTokens: string[];
let valid: Set<string>;
let isRevoked: boolean;
let isHanging: boolean;
let answerToken: (granted: object) => ApiResponse;
beforeEach(async () => {
  accessTokens = [];
  refreshTokens = ['refresh-0'];
  valid = new Set();
  isRevoked = false;
  isHanging = false;
  answerToken = (body) => ({ body });
  api = await startApi((request) => (request.path === '/token' ? grant(request) : answer(request)));
});

function grant({ body }: ApiRequest): ApiResponse {
  if (isHanging) return undefined;
  const form = new URLSearchParams(body);
  isRevoked ||= form.get('refresh_token') !== refreshTokens.at(-1);
  if (isRevoked) return { status: 400, body: { error: 'invalid_grant' } };
  const number = String(refreshTokens.length);
  refreshTokens.push(`refresh-${number}`);
  accessTokens.push(`access-${number}`);
  valid = new Set([`access-${number}`]);
  const granted = {
    access_token: `access-${number}`,
    refresh_token: `refresh-${number}`,
    token_type: 'Bearer',
    expires_in: SECONDS,
  };
  return answerToken(granted);
}

const answer = ({ headers }: ApiRequest): ApiResponse =>
  valid.has(String(headers.authorization).replace('Bearer ', ''))
    ? { body: { a: 'x' } }
    : { status: 401, body: {} };

const closing: (() => PromiseLike<unknown>)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(closing.splice(0).map((close) => close()));
  await api[Symbol.asyncDispose]();
});

function startInstance(state: SharedState = createMemoryState(), refused: VendorRefusal[] = []) {
  const auth = {
    kind: 'oauth2',
    tokenUrl: `${api.url}/token`,
    clientId: 'me',
    clientSecret: 'client-secret',
    refreshToken: 'refresh-0',
    scopes: [],
  } as const;
  const file = readFile(`${HEAD} @source(name: "erp", http: { baseURL: "${api.url}" }) ${SDL}`, {
    erp: { auth },
  });
  const monitor = {
    ...NO_MONITOR,
    refused: (refusal: VendorRefusal) => void refused.push(refusal),
  };
  const graph = fuse(file, [], {}, { state, monitor });
  closing.push(graph.close);
  return graph;
}

/** The clocks say so many seconds more. */
function later(seconds: number): void {
  const [now, date] = [performance.now.bind(performance), Date.now];
  jest.spyOn(performance, 'now').mockImplementation(() => now() + seconds * 1000);
  jest.spyOn(Date, 'now').mockImplementation(() => date() + seconds * 1000);
}

const ALL = '{ a: a(id: 1) b: a(id: 2) c: a(id: 3) }';
const GOOD = { data: { a: 'x', b: 'x', c: 'x' } };

describe('a source with a refresh token', () => {
  it('gets an access token for all calls that wait for it, by one renewal', async () => {
    expect(await startInstance().run(ALL)).toEqual(GOOD);
    const [renewal, ...others] = api.requests.filter(({ path }) => path === '/token');
    expect(others).toEqual([]);
    expect(renewal?.body).toBe('grant_type=refresh_token&refresh_token=refresh-0');
  });

  it('is renewed with the refresh token of the previous response', async () => {
    const graph = startInstance();
    await graph.run(ALL);
    for (const number of [2, 3]) {
      valid.clear();
      expect(await graph.run(ALL)).toEqual(GOOD);
      expect(accessTokens).toHaveLength(number);
    }
  });

  it('keeps its refresh token if a response has none', async () => {
    const graph = startInstance();
    answerToken = (granted) => {
      refreshTokens = ['refresh-0'];
      return { body: { ...granted, refresh_token: undefined } };
    };
    await graph.run(ALL);
    valid.clear();
    expect(await graph.run(ALL)).toEqual(GOOD);
  });

  it('is called with its current token while the next one is fetched, shortly before it expires', async () => {
    const graph = startInstance();
    await graph.run('{ a }');
    later(SECONDS - 30);
    isHanging = true;
    expect(await graph.run(ALL)).toEqual(GOOD);
    const asked = api.requests.filter(({ path }) => path === '/a');
    expect(new Set(asked.map(({ headers }) => headers.authorization)).size).toBe(1);
  });

  it('is called with another token when one has expired', async () => {
    const graph = startInstance();
    await graph.run('{ a }');
    later(SECONDS + 1);
    await graph.run('{ a }');
    expect(accessTokens).toHaveLength(2);
  });

  it('reports an invalid refresh token as UPSTREAM_AUTH, with the reason in the log and no token anywhere', async () => {
    isRevoked = true;
    const refused: VendorRefusal[] = [];
    const { errors } = await startInstance(createMemoryState(), refused).run('{ a }');
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'UPSTREAM_AUTH', retryable: false, service: 'erp' },
    ]);
    expect(refused).toEqual([
      expect.objectContaining({ api: 'token', status: 400, category: 'invalid_grant' }),
    ]);
    expect(JSON.stringify([errors, refused])).not.toMatch(/refresh-0|client-secret/);
    expect(api.requests).toHaveLength(1);
  });
});

describe('instances with the same refresh token that share Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const openState = async () => {
    const state = await openRedisState({ url: redis.url, onChange: () => undefined });
    closing.push(() => state.close());
    return state;
  };

  it('renew it once for all of them, and take turns with the next tokens', async () => {
    const [one, other] = [startInstance(await openState()), startInstance(await openState())];
    expect(await Promise.all([one.run(ALL), other.run(ALL)])).toEqual([GOOD, GOOD]);
    expect(accessTokens).toEqual(['access-1']);
    valid.clear();
    expect(await other.run(ALL)).toEqual(GOOD);
    expect(await one.run(ALL)).toEqual(GOOD);
    expect(accessTokens).toEqual(['access-1', 'access-2']);
  });

  it('continue after a restart with the previous tokens, which Redis stores encrypted', async () => {
    await redis.stop();
    await redis.start();
    await startInstance(await openState()).run('{ a }');
    valid.clear();
    const restarted = startInstance(await openState());
    expect(await restarted.run(ALL)).toEqual(GOOD);
    expect(isRevoked).toBe(false);
    const [keys, texts] = await redis.run(async (client) => {
      const all = await client.keys('*');
      const read = async (key: string) =>
        (await client.type(key)) === 'string' ? client.get(key) : null;
      return [all, await Promise.all(all.map(read))];
    });
    expect(texts.join('')).not.toBe('');
    expect(keys.join('') + texts.join('')).not.toMatch(/access-|refresh-|client-secret/);
  });
});
