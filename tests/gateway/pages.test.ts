import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { MAPS } from '../../subgraphs/maps/service.ts';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CodedError } from '../../errors/coded-error.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { type ServedSchema, serveSchema, type ServeSchemaOptions } from './serve-schema.ts';

let server: ServedSchema | undefined;
afterEach(() => server?.close());

async function get(path: string, options: Partial<ServeSchemaOptions> = {}) {
  server = await serveSchema({
    typeDefs: '"What can be read." type Query { hello: String }',
    resolvers: {},
    ...options,
  });
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const code = (text: string) =>
  (JSON.parse(text) as { errors: [{ extensions: { code: string } }] }).errors[0].extensions.code;

describe('the playground', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(`${tmpdir()}/playground-`);
    await writeFile(`${directory}/index.html`, '<!doctype html><title>Tributary</title>');
    await writeFile(`${directory}/main.js`, 'export {};');
  });
  afterAll(() => rm(directory, { recursive: true }));

  const built = () => ({ playground: pathToFileURL(`${directory}/`) });

  it('is the page at /, which may load from here alone', async () => {
    const { status, headers, text } = await get('/', built());
    expect([status, headers.get('content-type'), text]).toEqual([
      200,
      'text/html; charset=utf-8',
      expect.stringContaining('Tributary'),
    ]);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; worker-src 'self'; .*connect-src 'self'/,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('has its files beside it', async () => {
    const { status, headers } = await get('/playground/main.js', built());
    expect([status, headers.get('content-type')]).toEqual([
      200,
      'application/javascript; charset=utf-8',
    ]);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it.each([
    '/playground/',
    '/playground/missing.js',
    '/playground/%2e%2e/package.json',
    '/playground/..%2fpackage.json',
  ])('has nothing else: %s', async (path) => {
    const { status, text } = await get(path, built());
    expect([status, code(text)]).toEqual([404, 'NOT_FOUND']);
  });

  it('says where it is not built', async () => {
    const { status, text } = await get('/');
    expect(status).toBe(404);
    expect(text).toContain('The playground is not built: run `npm run build`.');
  });

  it('is not served in production', async () => {
    expect((await get('/', { ...built(), environment: { NODE_ENV: 'production' } })).status).toBe(
      404,
    );
  });

  it('is served in production if PLAYGROUND is true', async () => {
    expect(
      (await get('/', { ...built(), environment: { NODE_ENV: 'production', PLAYGROUND: 'true' } }))
        .status,
    ).toBe(200);
  });
});

describe('the schema', () => {
  it('can be read as SDL', async () => {
    const { status, headers, text } = await get('/schema.graphql');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(text).toBe('"""What can be read."""\ntype Query {\n  hello: String\n}\n');
  });

  it('cannot be read in production, neither as SDL nor by introspection', async () => {
    const environment = { NODE_ENV: 'production' };
    expect((await get('/schema.graphql', { environment })).status).toBe(404);
    await server?.close();
    const path = `/graphql?query=${encodeURIComponent('{ __schema { queryType { name } } }')}`;
    server = await serveSchema({
      typeDefs: 'type Query { hello: String }',
      resolvers: {},
      environment,
    });
    const response = await fetch(`${server.url}${path}`, {
      headers: { 'apollo-require-preflight': 'yes' },
    });
    expect(await response.json()).toEqual({
      errors: [expect.objectContaining({ message: 'Introspection is disabled on this server.' })],
    });
  });

  it('can be read in production where introspection is on', async () => {
    expect(
      (
        await get('/schema.graphql', {
          environment: { NODE_ENV: 'production', INTROSPECTION: 'true' },
        })
      ).status,
    ).toBe(200);
  });
});

describe('the files of a subgraph', () => {
  const files = {
    map: (token: string) => {
      if (token === 'late') return Promise.reject(new UpstreamError('UPSTREAM_TIMEOUT', MAPS));
      if (token === 'wrong')
        return Promise.reject(new CodedError('BAD_USER_INPUT', 'No such map.'));
      return Promise.resolve(
        token === 'known'
          ? { contentType: 'image/png', body: Buffer.from('png'), maxAge: 60 }
          : null,
      );
    },
  };

  it('are served at their prefix', async () => {
    const { status, headers, text } = await get('/map/known', { files });
    expect([status, headers.get('content-type'), headers.get('cache-control'), text]).toEqual([
      200,
      'image/png',
      'public, max-age=60',
      'png',
    ]);
  });

  it.each([
    ['unknown', 404, 'NOT_FOUND'],
    ['late', 504, 'UPSTREAM_TIMEOUT'],
    ['wrong', 400, 'BAD_USER_INPUT'],
  ])('fail with a code: %s', async (token, expected, expectedCode) => {
    const { status, text } = await get(`/map/${token}`, { files });
    expect([status, code(text)]).toEqual([expected, expectedCode]);
  });
});
