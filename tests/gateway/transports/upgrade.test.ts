import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { createKeyFile, type KeyFile } from '../access/key-file.ts';
import { startTokenIssuer } from '../access/token-issuer.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { HttpStreamClient } from './http-stream-client.ts';
import { RawSocket } from './raw-socket.ts';

const QUERY = '{ payments(first: 1) { nodes { id } } }';

const sockets: RawSocket[] = [];
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});

/** The status of the response to an upgrade: 101 where it is granted. */
async function statusOf(
  { url }: TestGateway,
  headers: Record<string, string>,
  path = '/graphql',
): Promise<number | undefined> {
  const socket = new WebSocket(url.replace('http', 'ws') + path, 'graphql-transport-ws', {
    headers,
  });
  socket.on('error', () => undefined);
  const status = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(
      // A cast: the event's arguments.
      ([, response]) => (response as { readonly statusCode?: number }).statusCode,
    ),
  ]);
  socket.terminate();
  return status;
}

describe('the upgrade to a WebSocket, where access is open', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      environment: {
        CORS_ORIGINS: 'https://shop.example.com',
        PUBLIC_URL: 'https://GRAPH.example.com:443/',
      },
    });
  });
  afterAll(() => gateway.close());

  it.each([
    ['no page', undefined],
    ['its own page', (url: string) => url],
    ['a page that CORS_ORIGINS allows', () => 'https://shop.example.com'],
    ['a page of PUBLIC_URL', () => 'https://graph.example.com'],
  ])('is granted to %s', async (_what, originOf) => {
    const headers = originOf === undefined ? {} : { origin: originOf(gateway.url) };
    expect(await statusOf(gateway, headers)).toBe(101);
  });

  it.each([
    'https://evil.example.com',
    'https://shop.example.com.evil.example.com',
    'http://shop.example.com',
    'null',
    'http://localhost:1',
    'file://',
  ])('is refused with 403 to a page of %s', async (origin) => {
    expect(await statusOf(gateway, { origin })).toBe(403);
  });

  it('is refused with 403 where the Host is neither a loopback address nor that of PUBLIC_URL: a page may have a name that leads here', async () => {
    expect(await statusOf(gateway, { host: 'evil.example.com' })).toBe(403);
    expect(
      await statusOf(gateway, { host: 'evil.example.com', origin: 'http://evil.example.com' }),
    ).toBe(403);
    const similar = [
      'localhost.evil.example.com',
      '127.0.0.1.evil.example.com',
      'graph.example.com.evil.example.com',
      'evil.example.com:4000',
      '0.0.0.0:4000',
      '[::ffff:7f00:1]',
    ];
    for (const host of similar)
      expect([host, await statusOf(gateway, { host })]).toEqual([host, 403]);
    // They name no host.
    for (const host of ['localhost@evil.example.com', 'evil.example.com#localhost', 'localhost/'])
      expect([host, await statusOf(gateway, { host })]).toEqual([host, 400]);
    const own = ['localhost:4000', '127.0.0.1', '[::1]:4000', 'graph.example.com'];
    for (const host of [...own, 'Graph.Example.com:443', 'LOCALHOST'])
      expect([host, await statusOf(gateway, { host })]).toEqual([host, 101]);
  });

  it('is refused with a hint at the proxy that has not passed its Upgrade header', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      headers: { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('A proxy between the client and this server must pass');
  });

  it('is not offered by other paths', async () => {
    expect(await statusOf(gateway, {}, '/health/live')).toBe(200);
    expect(await statusOf(gateway, {}, '/nothing')).toBe(404);
  });
});

describe('the credential of a WebSocket, where access is closed', () => {
  let gateway: TestGateway;
  let keys: KeyFile;
  let key: string;
  let partner: string;
  beforeAll(async () => {
    keys = await createKeyFile();
    key = await keys.add();
    partner = await keys.add({ audience: 'partner' });
    gateway = await startTestGateway({
      environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await keys.remove();
  });

  const ready = async (payload: object | undefined, headers = {}, path = '/graphql') => {
    const socket = await RawSocket.ready(gateway.url, payload, { headers, path });
    sockets.push(socket);
    return socket;
  };
  const closeOf = async (payload: object | undefined, headers = {}) => {
    const socket = await RawSocket.open(gateway.url, { headers });
    sockets.push(socket);
    socket.send({ type: 'connection_init', payload });
    return await socket.closed;
  };

  it.each([
    ['authorization', () => ({ authorization: `Bearer ${key}` })],
    ['Authorization', () => ({ Authorization: `Bearer ${key}` })],
    ['x-api-key', () => ({ 'x-api-key': key })],
  ])('may be in connection_init as %s', async (_name, payloadOf) => {
    const socket = await ready(payloadOf());
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toMatchObject({ type: 'next' });
  });

  it('may be in the headers of the upgrade, from any host', async () => {
    const socket = await ready(undefined, { 'x-api-key': key, host: 'graph.example.com' });
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toMatchObject({ type: 'next' });
  });

  it('of connection_init takes the place of that of the upgrade', async () => {
    const socket = await ready({ authorization: `Bearer ${key}` }, { 'x-api-key': partner });
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toMatchObject({ type: 'next' });
    expect(await closeOf({ 'x-api-key': 'trib_wrong' }, { 'x-api-key': key })).toEqual([
      4403,
      'Forbidden',
    ]);
  });

  it('that is missing or wrong closes the socket with 4403', async () => {
    expect(await closeOf(undefined)).toEqual([4403, 'Forbidden']);
    expect(await closeOf({ authorization: '' })).toEqual([4403, 'Forbidden']);
    expect(await closeOf({ authorization: `Bearer ${key}x` })).toEqual([4403, 'Forbidden']);
    expect(await closeOf({ authorization: `Bearer ${key}`, 'x-api-key': key })).toEqual([
      4403,
      'Forbidden',
    ]);
  });

  it('that cannot be checked at the moment closes the socket with 1013', async () => {
    const issuer = await startTokenIssuer();
    const other = await startTestGateway({
      sandbox: gateway.sandbox,
      environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path, ...issuer.environment },
    });
    issuer.fault = (response) => response.writeHead(503).end();
    const socket = await RawSocket.open(other.url);
    sockets.push(socket);
    socket.send({
      type: 'connection_init',
      payload: { authorization: `Bearer ${await issuer.token()}` },
    });
    expect((await socket.closed)[0]).toBe(1013);
    await other.close();
    await issuer.close();
  });

  it('does not allow a page of another origin', async () => {
    const origin = 'https://evil.example.com';
    for (const headers of [{ origin }, { origin, 'x-api-key': key }])
      expect(await statusOf(gateway, headers)).toBe(403);
  });

  it('that is wrong in the headers of the upgrade is refused with 401', async () => {
    expect(await statusOf(gateway, { authorization: 'Bearer trib_wrong' })).toBe(401);
  });

  it('is asked of a request at once that is no upgrade, whatever it says', async () => {
    const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' });
    socket.write(
      'GET /graphql?query={__typename} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nupgrade: websocket\r\ncontent-type: application/json\r\n\r\n',
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('decides on the audience of each operation, and on the path', async () => {
    const own = await ready({ 'x-api-key': partner });
    own.subscribe('1', QUERY);
    expect(await own.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    const other = await ready({ 'x-api-key': partner }, {}, '/graphql/private');
    other.subscribe('1', '{ __typename }');
    expect(await other.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'NOT_FOUND' } }],
    });
    const named = await ready({ 'x-api-key': key }, {}, '/graphql/partner');
    named.subscribe('1', 'subscription { paymentChanged { id } }');
    expect(await named.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
  });
});

describe('an operation on a WebSocket', () => {
  it('counts for the limits of its caller as any other request, and is recorded as one', async () => {
    const gateway = await startTestGateway({
      environment: { CALLER_COST_PER_MINUTE: '30', LOG_LEVEL: 'info' },
    });
    const socket = await RawSocket.ready(gateway.url);
    sockets.push(socket);
    socket.subscribe('1', 'query Large { customers(first: 100) { nodes { id name } } }');
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }],
    });
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(
      /tributary_operation_errors_total\{[^}]*OPERATION_TOO_COMPLEX[^}]*\} 1/,
    );
    expect(gateway.log.find((line) => line.includes('"transport":"websocket"'))).toContain(
      '"operation":"Large"',
    );
    socket.socket.terminate();
    await gateway.close();
  });

  it('is refused where its caller sends more than its requests per minute', async () => {
    const gateway = await startTestGateway({ environment: { CALLER_REQUESTS_PER_MINUTE: '10' } });
    const socket = await RawSocket.ready(gateway.url);
    sockets.push(socket);
    const codes: unknown[] = [];
    for (let count = 0; count < 15; count += 1) {
      socket.subscribe('1', '{ __typename }');
      const { type, payload } = await socket.next();
      if (type === 'next') await socket.next();
      else codes.push((payload as { extensions: { code: string } }[])[0]?.extensions.code);
    }
    expect(new Set(codes)).toEqual(new Set(['RATE_LIMITED']));
    expect(codes.length).toBeGreaterThan(3);
    socket.socket.terminate();
    await gateway.close();
  });

  it('that is listed is found by its id, and others are refused where only listed ones are accepted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'listed-'));
    const manifest = join(folder, 'operations.json');
    const operations = [
      { id: 'typename', name: 'Typename', type: 'query', body: 'query Typename { __typename }' },
      {
        id: 'changed',
        name: 'Changed',
        type: 'subscription',
        body: 'subscription Changed { paymentChanged { id } }',
      },
    ];
    writeFileSync(
      manifest,
      JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }),
    );
    const gateway = await startTestGateway({
      environment: { PERSISTED_OPERATIONS: manifest, PERSISTED_OPERATIONS_MODE: 'only' },
    });
    const socket = await RawSocket.ready(gateway.url);
    sockets.push(socket);
    socket.send({ id: '1', type: 'subscribe', payload: { query: '', documentId: 'typename' } });
    expect(await socket.next()).toMatchObject({ type: 'next' });
    await socket.next();
    socket.send({ id: '2', type: 'subscribe', payload: { id: 'typename' } });
    expect(await socket.next()).toMatchObject({ type: 'next' });
    await socket.next();
    socket.subscribe('3', QUERY);
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'OPERATION_NOT_LISTED' } }],
    });
    for (const accept of ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0']) {
      const post = (body: object) =>
        HttpStreamClient.open(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept },
          body: JSON.stringify(body),
        });
      const listed = await post({ documentId: 'changed' });
      expect(listed.response.status).toBe(200);
      listed.close();
      const unlisted = await post({ query: 'subscription { paymentChanged { kind } }' });
      expect(unlisted.response.status).toBe(403);
      unlisted.close();
    }
    socket.socket.terminate();
    await gateway.close();
    rmSync(folder, { recursive: true });
  });
});
