import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ServedSchema, serveSchema } from '../gateway/serve-schema.ts';

const SHOP = 'https://shop.example.com';

let counted = 0;
let closed: ServedSchema;
let open: ServedSchema;
let toAll: ServedSchema;

beforeAll(async () => {
  const schema = {
    typeDefs: 'type Query { hello: String } type Mutation { count: Int }',
    resolvers: { Query: { hello: () => 'world' }, Mutation: { count: () => (counted += 1) } },
  };
  [closed, open, toAll] = await Promise.all([
    serveSchema(schema),
    serveSchema({ ...schema, environment: { CORS_ORIGINS: `${SHOP},http://localhost:5173` } }),
    serveSchema({ ...schema, environment: { CORS_ORIGINS: '*' } }),
  ]);
});
afterAll(() => Promise.all([closed.close(), open.close(), toAll.close()]));

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

async function send(
  server: ServedSchema,
  { method = 'POST', path = '/graphql', headers = {}, body }: Sent,
) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** What a browser asks before it sends a request for a page of another site. */
const preflight = (origin: string, path = '/graphql'): Sent => ({
  method: 'OPTIONS',
  path,
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,authorization',
  },
});

const permissions = (headers: Headers) =>
  [...headers].filter(([name]) => name.startsWith('access-control-'));

describe('a request that any page can make a browser send', () => {
  const MUTATION = 'mutation { count }';
  const json = JSON.stringify({ query: MUTATION });

  it.each<[string, Record<string, string>, string]>([
    [
      'a form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      `query=${encodeURIComponent(MUTATION)}`,
    ],
    ['a form that is nearly JSON', { 'content-type': 'application/x-www-form-urlencoded' }, json],
    [
      'a form with files',
      { 'content-type': 'multipart/form-data; boundary=x' },
      '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n' + json + '\r\n--x--',
    ],
    ['plain text', { 'content-type': 'text/plain' }, json],
    ['plain text with a parameter', { 'content-type': 'text/plain; charset=utf-8' }, json],
    ['plain text that mentions JSON', { 'content-type': 'text/plain; application/json' }, json],
    ['plain text in other letters', { 'content-type': 'TEXT/PLAIN' }, json],
    ['plain text behind white space', { 'content-type': '\ttext/plain' }, json],
    ['two types', { 'content-type': 'text/plain, application/json' }, json],
  ])('changes nothing as %s', async (_what, headers, body) => {
    for (const server of [closed, open]) {
      const { status, text } = await send(server, { headers, body });
      expect([status, text]).toEqual([415, expect.stringContaining('UNSUPPORTED_MEDIA_TYPE')]);
    }
    expect(counted).toBe(0);
  });

  it('changes nothing where it says nothing of its type', async () => {
    const { status } = await send(closed, { body: new TextEncoder().encode(json) });
    expect([status, counted]).toEqual([415, 0]);
  });

  it.each(['GET', 'HEAD'])(
    'changes nothing by %s, with and without a question before it',
    async (method) => {
      const path = `/graphql?query=${encodeURIComponent(MUTATION)}`;
      expect((await send(closed, { method, path })).status).toBe(400);
      expect(
        (await send(closed, { method, path, headers: { 'apollo-require-preflight': '1' } })).status,
      ).toBe(405);
      expect(counted).toBe(0);
    },
  );

  it.each([
    '?query={hello}',
    '?query={hello}&extensions={}',
    '?query={hello}&apollo-require-preflight=1',
  ])('reads nothing by GET: %s', async (search) => {
    const { status, text } = await send(closed, { method: 'GET', path: `/graphql${search}` });
    expect([status, text]).toEqual([400, expect.stringContaining('BAD_REQUEST')]);
    expect(text).not.toContain('world');
  });

  it.each(['', 'text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded'])(
    'reads nothing by GET with the type "%s"',
    async (type) => {
      const { text } = await send(closed, {
        method: 'GET',
        path: '/graphql?query={hello}',
        headers: { 'content-type': type },
      });
      expect(text).not.toContain('world');
    },
  );
});

describe('a page of another site', () => {
  it('gets no response unless CORS_ORIGINS names its origin', async () => {
    const { status, headers } = await send(closed, preflight(SHOP));
    expect([status, permissions(headers)]).toEqual([405, []]);
    const read = await send(closed, {
      headers: { origin: SHOP, 'content-type': 'application/json' },
      body: '{"query":"{ hello }"}',
    });
    expect(permissions(read.headers)).toEqual([]);
  });

  it.each([SHOP, 'http://localhost:5173'])(
    'gets a response if CORS_ORIGINS names its origin: %s',
    async (origin) => {
      const { status, headers } = await send(open, preflight(origin));
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-methods')).toBe('GET, POST');
      expect(headers.get('access-control-allow-headers')?.split(', ')).toEqual(
        expect.arrayContaining([
          'authorization',
          'x-api-key',
          'content-type',
          'apollographql-client-name',
        ]),
      );
      expect(headers.get('access-control-max-age')).toBe('7200');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  it.each(['if-none-match', 'last-event-id', 'x-tributary-cursor', 'x-api-key'])(
    'may send %s if CORS_ORIGINS names its origin',
    async (header) => {
      const { headers } = await send(open, preflight(SHOP));
      expect(headers.get('access-control-allow-headers')?.split(', ')).toContain(header);
    },
  );

  it.each(['etag', 'x-tributary-cursor', 'retry-after'])(
    'can read the header %s of a response if CORS_ORIGINS names its origin',
    async (header) => {
      const { headers } = await send(open, {
        headers: { origin: SHOP, 'content-type': 'application/json' },
        body: '{"query":"{ hello }"}',
      });
      expect(headers.get('access-control-expose-headers')?.split(', ')).toContain(header);
    },
  );

  it('can read the response, also of a refusal, and caches distinguish origins', async () => {
    for (const body of ['{"query":"{ hello }"}', '{"query":"{ hello }"}', '{"query":"{"}', '{']) {
      const { headers } = await send(open, {
        headers: { origin: SHOP, 'content-type': 'application/json' },
        body,
      });
      expect(headers.get('access-control-allow-origin')).toBe(SHOP);
      expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
      expect(headers.get('vary')?.split(', ')).toEqual(
        expect.arrayContaining(['accept', 'authorization', 'x-api-key', 'Origin']),
      );
    }
  });

  it.each([
    'https://evil.example.com',
    'http://shop.example.com',
    'https://shop.example.com.evil.test',
    'https://shop.example.com:8443',
    'null',
    'https://SHOP.example.com',
  ])('gets no response if its origin is another: %s', async (origin) => {
    const { headers } = await send(open, preflight(origin));
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const read = await send(open, {
      headers: { origin, 'content-type': 'application/json' },
      body: '{"query":"{ hello }"}',
    });
    expect(read.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('gets the same response from any origin if CORS_ORIGINS is *', async () => {
    const { headers } = await send(toAll, preflight('https://anywhere.test'));
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each(['/metrics', '/health/ready', '/nowhere'])(
    'gets no CORS headers from other paths: %s',
    async (path) => {
      const asked = await send(open, preflight(SHOP, path));
      const read = await send(open, { method: 'GET', path, headers: { origin: SHOP } });
      expect([permissions(asked.headers), permissions(read.headers)]).toEqual([[], []]);
    },
  );

  it('gets the same refusal for OPTIONS as for any method without use', async () => {
    const { status, headers, text } = await send(open, { method: 'OPTIONS' });
    expect([status, headers.get('allow'), text]).toEqual([
      405,
      'GET, POST, HEAD',
      expect.stringContaining('METHOD_NOT_ALLOWED'),
    ]);
  });
});

describe('the headers of an answer', () => {
  const PATHS = ['/graphql', '/schema.graphql', '/health/live', '/metrics', '/nowhere', '/%'];

  it.each(PATHS)(
    'are sent with headers that stop browsers and caches from interpreting or storing them: %s',
    async (path) => {
      const { headers } = await send(closed, { method: 'GET', path });
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': expect.stringMatching(/no-store/),
        vary: 'accept, accept-encoding, authorization, x-api-key',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
    },
  );

  it.each(PATHS.filter((path) => path !== '/metrics'))(
    'do not tell what the server is made of: %s',
    async (path) => {
      const { headers } = await send(closed, { method: 'GET', path });
      expect(headers.get('server')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
      expect([...headers.values()].join('\n')).not.toMatch(
        /fastify|apollo|graphql-js|node\.?js|v?\d+\.\d+\.\d+/i,
      );
    },
  );

  it('are the same for answers to what came before', async () => {
    const ask = () =>
      send(closed, {
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ again: hello }"}',
      });
    await ask();
    expect(Object.fromEntries((await ask()).headers)).toMatchObject({
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    });
  });
});
