import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createHttpServer } from '../../../gateway/server/http-server.ts';
import { type ServedSchema, serveSchema } from '../serve-schema.ts';

interface RawResponse {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As it is on the wire: `fetch` would decompress it. */
async function get(url: string, accepted?: string): Promise<RawResponse> {
  const headers = {
    'apollo-require-preflight': '1',
    ...(accepted !== undefined && { 'accept-encoding': accepted }),
  };
  const request = httpGet(url, { headers, agent: false });
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { headers: response.headers, body: Buffer.concat(chunks) };
}

const decode = ({ headers, body }: RawResponse): string =>
  ({
    br: () => brotliDecompressSync(body),
    gzip: () => gunzipSync(body),
    identity: () => body,
  })
    [(headers['content-encoding'] ?? 'identity') as 'br' | 'gzip' | 'identity']()
    .toString();

const LONG = 'A line of a long answer. '.repeat(4000);

describe('a GraphQL response', () => {
  let server: ServedSchema;
  beforeAll(async () => {
    server = await serveSchema({
      typeDefs: '"What can be read." type Query { long(length: Int!): String }',
      resolvers: { Query: { long: (_root, { length }) => LONG.slice(0, length) } },
    });
  });
  afterAll(() => server.close());

  const ask = (length: number, accepted?: string) =>
    get(
      `${server.url}/graphql?query=${encodeURIComponent(`{ long(length: ${String(length)}) }`)}`,
      accepted,
    );

  it.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['GZIP', 'gzip'],
    ['*', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', undefined],
    ['identity, gzip;q=0.5', undefined],
    ['gzip;q=0', undefined],
    ['deflate', undefined],
    ['', undefined],
    [undefined, undefined],
  ])(
    'of 1 kB or more has the best encoding for accept-encoding: %s',
    async (accepted, encoding) => {
      const response = await ask(40_000, accepted);
      expect(response.headers['content-encoding']).toBe(encoding);
      expect(JSON.parse(decode(response)).data.long.length).toBe(40_000);
      expect(response.headers['vary']?.split(', ')).toContain('accept-encoding');
      expect(response.headers['content-length']).toBe(String(response.body.length));
    },
  );

  it('of more than 64 kB is complete', async () => {
    const response = await ask(100_000, 'br');
    expect(response.headers['content-encoding']).toBe('br');
    expect(JSON.parse(decode(response)).data.long.length).toBe(100_000);
  });

  it('of less than 1 kB is not compressed', async () => {
    const { headers } = await ask(900, 'gzip, br');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['vary']?.split(', ')).toContain('accept-encoding');
  });
});

describe('a response outside of GraphQL', () => {
  let app: FastifyInstance | undefined;
  afterEach(() => app?.close());

  async function serveOne(contentType: string, compression?: boolean) {
    app = createHttpServer(
      { level: 'silent', secrets: [], write: () => undefined },
      { bodyBytes: 1000, ...(compression !== undefined && { compression }) },
    );
    app.get('/', (_request, reply) =>
      reply.header('content-type', contentType).send(LONG.repeat(4)),
    );
    return get(await app.listen(), 'gzip, br');
  }

  it.each(['application/json', 'application/graphql-response+json; charset=utf-8', 'text/plain'])(
    'of more than 64 kB is compressed if it is text: %s',
    async (type) => {
      const response = await serveOne(type);
      expect(response.headers['content-encoding']).toBe('br');
      expect(decode(response)).toBe(LONG.repeat(4));
    },
  );

  it.each([
    'text/event-stream',
    'multipart/mixed; boundary="-"; deferSpec=20220824',
    'image/png',
    'application/octet-stream',
  ])('is never compressed if it is streamed or not text: %s', async (type) => {
    const { headers } = await serveOne(type);
    expect(headers['content-encoding']).toBeUndefined();
  });

  it('is not compressed with COMPRESSION=false', async () => {
    const { headers } = await serveOne('application/json', false);
    expect(headers['content-encoding']).toBeUndefined();
  });
});

describe('a static file', () => {
  let server: ServedSchema;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(`${tmpdir()}/playground-`);
    await writeFile(`${directory}/index.html`, '<!doctype html>');
    await writeFile(`${directory}/main.js`, 'export {};');
    await writeFile(`${directory}/main.js.br`, brotliCompressSync('export const from = "br";'));
    await writeFile(`${directory}/main.js.gz`, gzipSync('export const from = "gz";'));
    server = await serveSchema({
      typeDefs: `"${'What can be read. '.repeat(100)}" type Query { hello: String }`,
      resolvers: {},
      playground: pathToFileURL(`${directory}/`),
    });
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  it.each(['br', 'gzip'])('has the same content in each encoding: %s', async (encoding) => {
    const url = `${server.url}/schema.graphql`;
    const [plain, first, second] = [
      await get(url),
      await get(url, encoding),
      await get(url, encoding),
    ];
    expect(first.headers['content-encoding']).toBe(encoding);
    expect(decode(first)).toBe(decode(plain));
    expect(second.body).toEqual(first.body);
  });

  it.each([
    ['br', 'br', 'export const from = "br";'],
    ['gzip', 'gzip', 'export const from = "gz";'],
    [undefined, undefined, 'export {};'],
  ])('is read from the build for the playground: %s', async (accepted, encoding, content) => {
    const response = await get(`${server.url}/playground/main.js`, accepted);
    expect(response.headers['content-encoding']).toBe(encoding);
    expect(response.headers['vary']?.split(', ')).toContain('accept-encoding');
    expect(decode(response)).toBe(content);
  });
});
