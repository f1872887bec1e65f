import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import type { ConnectionLimits } from '../../../gateway/server/connections.ts';
import { createHttpServer, serve } from '../../../gateway/server/http-server.ts';
import { until } from '../../until.ts';

const LIMITS: ConnectionLimits = {
  max: 100,
  maxPerAddress: 50,
  maxUnreadBytes: 1024 * 1024,
  unreadMs: 30_000,
};

const BIG = Buffer.alloc(700_000, 'x');
const BODY_BYTES = 256 * 1024;

let app: FastifyInstance | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app?.close();
});

/** A server with a few paths, and what it closed. */
async function start(
  limits: Partial<ConnectionLimits> = {},
  trustedProxies: readonly string[] = [],
) {
  const closed: string[] = [];
  const running = { now: 0, most: 0 };
  const onConnectionClosed = (reason: string) => closed.push(reason);
  const options = {
    bodyBytes: BODY_BYTES,
    connections: { ...LIMITS, ...limits },
    trustedProxies,
    onConnectionClosed,
  };
  const server = createHttpServer(
    { level: 'silent', secrets: [], write: () => undefined },
    options,
  );
  app = server;
  serve(server, ['GET'], '/small', (_request, reply) => reply.send({}));
  serve(server, ['GET'], '/big', (_request, reply) => reply.send(BIG));
  serve(server, ['POST'], '/echo', (request, reply) =>
    reply.send({ keys: Object.keys(request.body as object) }),
  );
  serve(server, ['GET'], '/slow', async () => {
    running.most = Math.max(running.most, ++running.now);
    await new Promise(setImmediate);
    running.now -= 1;
    return {};
  });
  const port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port);
  const open = (address = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address, allowHalfOpen: true });
    // The server may close at any time, which is what is tested.
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  const ask = async (path: string, address?: string) => {
    const socket = open(address);
    socket.write(request('GET', path, 'connection: close'));
    return await read(socket);
  };
  return { server, closed, running, open, ask };
}

const request = (method: string, path: string, ...headers: string[]) =>
  [`${method} ${path} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');

/** What comes before the server ends the connection, whether or not this end does too. */
async function read(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await once(socket, 'end');
  return Buffer.concat(parts).toString();
}

const untilOpen = (opened: readonly Socket[]) =>
  Promise.all(opened.map((socket) => once(socket, 'connect')));

const connectionsOf = (server: FastifyInstance) =>
  new Promise<number>((resolve, reject) => {
    server.server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });

const untilConnections = (server: FastifyInstance, count: number) =>
  until(`${String(count)} connections`, async () => (await connectionsOf(server)) === count);

describe('connections of one address', () => {
  it('are refused beyond the limit, while another address gets responses', async () => {
    const { ask, open, closed } = await start({ maxPerAddress: 5 });
    await untilOpen(Array.from({ length: 5 }, () => open('127.0.0.2')));
    expect(await ask('/small', '127.0.0.2')).toMatch(
      /^HTTP\/1\.1 429 [\s\S]*retry-after: 1[\s\S]*"code":"RATE_LIMITED"/,
    );
    expect(await ask('/small', '127.0.0.3')).toMatch(/^HTTP\/1\.1 200 /);
    expect(closed).toEqual(['address']);
  });

  it('can be opened again once others have ended', async () => {
    const { ask, server } = await start({ maxPerAddress: 1 });
    expect(await ask('/small')).toMatch(/^HTTP\/1\.1 200 /);
    await untilConnections(server, 0);
    expect(await ask('/small')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('are not counted for a trusted proxy, which has many clients', async () => {
    const { ask, open } = await start({ maxPerAddress: 1 }, ['127.0.0.2']);
    await untilOpen(Array.from({ length: 5 }, () => open('127.0.0.2')));
    expect(await ask('/small', '127.0.0.2')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('connections of all addresses', () => {
  it('beyond the limit replace the one that has been idle longest', async () => {
    const { ask, open, closed } = await start({ max: 10 });
    const silent = Array.from({ length: 10 }, (_, index) => open(`127.0.0.${String(index + 2)}`));
    await untilOpen(silent);
    const ended = read(silent[0] ?? open());
    expect(await ask('/small')).toMatch(/^HTTP\/1\.1 200 /);
    await ended;
    expect(closed).toEqual(['idle']);
  });

  it('beyond the limit close idle ones before one that a client uses now and then', async () => {
    const { open, closed } = await start({ max: 3 });
    const good = open('127.0.0.2');
    good.write(request('GET', '/small'));
    await once(good, 'data');
    await untilOpen([open('127.0.0.3'), open('127.0.0.4'), open('127.0.0.5')]);
    await until('a closed connection', () => closed.length > 0);
    good.write(request('GET', '/small', 'connection: close'));
    expect(await read(good)).toMatch(/^HTTP\/1\.1 200 /);
    expect(closed).toEqual(['idle']);
  });
});

describe('a connection that the server ends', () => {
  it.each([
    ['after bytes that are no HTTP', 'nonsense\r\n\r\n'],
    [
      'after an answer to a request that says it is the last',
      request('GET', '/small', 'connection: close'),
    ],
    [
      'after a refused body that still comes',
      `${request('POST', '/nowhere', 'content-length: 1000000')}x`,
    ],
  ])('is closed %s, although its client never closes it', async (_name, bytes) => {
    const { server, open } = await start();
    const socket = open();
    socket.write(bytes);
    await read(socket);
    await untilConnections(server, 0);
  });

  it('does not delay the shutdown of a server with an incomplete request', async () => {
    const { server, open } = await start();
    const socket = open();
    socket.write('POST /echo HTTP/1.1\r\nhost: x\r\n');
    const half = open();
    half.write(
      `${request('POST', '/echo', 'content-type: application/json', 'content-length: 100')}{"a":`,
    );
    await untilConnections(server, 2);
    await server.close();
    expect(await connectionsOf(server)).toBe(0);
  });
});

describe('the body of a refused request', () => {
  it.each([
    ['404', request('POST', '/nowhere', 'transfer-encoding: chunked')],
    ['405', request('POST', '/small', 'transfer-encoding: chunked')],
    [
      '413',
      request('POST', '/echo', 'content-type: application/json', 'content-length: 4000000000'),
    ],
    ['415', request('POST', '/echo', 'content-type: text/plain', 'transfer-encoding: chunked')],
  ])('is not read on after %s', async (status, head) => {
    const { open } = await start();
    const socket = open();
    socket.write(head);
    const answer = read(socket);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    let sent = 0;
    const send = () => {
      if (socket.destroyed) return;
      sent += chunk.length;
      if (socket.write(chunk)) setImmediate(send);
      else socket.once('drain', send);
    };
    send();
    expect(await answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*connection: close`));
    await new Promise((resolve) => socket.once('close', resolve));
    // What the two systems hold between them, and what is taken so that the client gets its answer.
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });

  it('does not end the connection if it is small', async () => {
    const { open } = await start();
    const socket = open();
    socket.write(
      `${request('POST', '/nowhere', 'content-length: 10')}0123456789${request('GET', '/small', 'connection: close')}`,
    );
    expect((await read(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });

  it('need not be sent by a client with Expect: 100-continue', async () => {
    const { open } = await start();
    const socket = open();
    const headers = [
      'content-type: application/json',
      `content-length: ${String(BODY_BYTES + 1)}`,
      'expect: 100-continue',
    ];
    socket.write(request('POST', '/echo', ...headers));
    expect(await read(socket)).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/);
  });

  it.each([
    ['where nothing is at the path', '/nowhere', 'application/json', 404],
    ['where its content type is refused', '/echo', 'text/plain', 415],
  ])(
    'need not be sent by a client with Expect: 100-continue, %s',
    async (_name, path, type, status) => {
      const { open } = await start();
      const socket = open();
      socket.write(
        request('POST', path, `content-type: ${type}`, 'content-length: 5', 'expect: 100-continue'),
      );
      expect(await read(socket)).toMatch(
        new RegExp(`^HTTP/1\\.1 ${String(status)} [\\s\\S]*connection: close`),
      );
    },
  );

  it('gets 100 Continue if it will be read', async () => {
    const { open } = await start();
    const socket = open();
    socket.write(
      request(
        'POST',
        '/echo',
        'content-type: application/json',
        'content-length: 7',
        'expect: 100-continue',
        'connection: close',
      ),
    );
    expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 100 /);
    socket.write('{"a":1}');
    expect(await read(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"keys":\["a"\]\}$/);
  });
});

describe('requests on connections without a successful response so far', () => {
  const FLOOD = 100;

  it('wait for those on a connection with one', async () => {
    const { server, open } = await start({ maxPerAddress: FLOOD, max: 2 * FLOOD });
    const good = open('127.0.0.2');
    good.write(request('GET', '/small'));
    await once(good, 'data');
    expect(await orderOf(server, openFlood(open), good)).toBeLessThan(FLOOD / 4);
  });

  it('take turns by address', async () => {
    const { server, open } = await start({ maxPerAddress: FLOOD, max: 2 * FLOOD });
    expect(await orderOf(server, openFlood(open), open('127.0.0.2'))).toBeLessThan(FLOOD / 4);
  });

  it('do not wait if a trusted proxy sends them', async () => {
    const { server, open } = await start({ maxPerAddress: FLOOD, max: 2 * FLOOD }, ['127.0.0.2']);
    expect(await orderOf(server, openFlood(open), open('127.0.0.2'))).toBeLessThan(FLOOD / 4);
  });

  const openFlood = (open: (address: string) => Socket) =>
    Array.from({ length: FLOOD }, () => open('127.0.0.3'));

  /** @returns how many refused requests of a flood were answered before the good one, which was sent last. */
  async function orderOf(
    server: FastifyInstance,
    flood: readonly Socket[],
    good: Socket,
  ): Promise<number> {
    await untilConnections(server, flood.length + 1);
    let refused = 0;
    for (const socket of flood)
      socket.on('data', () => (refused += 1)).write(request('GET', '/nowhere'));
    good.write(request('GET', '/small', 'connection: close'));
    await once(good, 'data');
    const before = refused;
    await until('a refusal of each request', () => refused === flood.length);
    return before;
  }
});

describe('pipelined requests', () => {
  it('get their responses one after the other, in their order', async () => {
    const { open, running } = await start();
    const socket = open();
    socket.write(
      request('GET', '/slow').repeat(29) + request('GET', '/small', 'connection: close'),
    );
    expect((await read(socket)).match(/HTTP\/1\.1 200/g)).toHaveLength(30);
    expect(running.most).toBe(1);
  });

  it('end the connection if there are more than a hundred', async () => {
    const { open, closed } = await start();
    const socket = open();
    socket.write(request('GET', '/slow'));
    await once(socket, 'data');
    socket.write(
      request('GET', '/slow').repeat(100) + request('GET', '/slow', 'connection: close'),
    );
    expect((await read(socket)).match(/HTTP\/1\.1 200/g)).toHaveLength(101);
    const another = open();
    another.write(request('GET', '/slow'));
    await once(another, 'data');
    another.write(request('GET', '/slow').repeat(102));
    await read(another);
    expect(closed).toEqual(['pipelining']);
  });

  it('end the connection if there are more than thirty before its first response, and the rest is discarded', async () => {
    const { server, open, closed } = await start();
    let seen = 0;
    server.server.on('request', () => (seen += 1));
    const socket = open();
    socket.write(request('GET', '/slow').repeat(1000));
    await read(socket);
    expect(closed).toEqual(['pipelining']);
    expect(seen).toBe(32);
  });
});

describe('responses that the client does not read', () => {
  it('use no more memory in total than the limit, and other clients get responses', async () => {
    const { ask, open, closed } = await start({ maxUnreadBytes: 8 * 1024 * 1024 });
    for (let number = 0; number < 40; number += 1) {
      const socket = open(`127.0.0.${String(2 + (number % 2))}`).pause();
      socket.write(request('GET', '/big').repeat(30));
    }
    await until('20 closed connections', () => closed.length >= 20);
    expect(new Set(closed)).toEqual(new Set(['unread']));
    expect(await ask('/big', '127.0.0.9')).toContain('HTTP/1.1 200');
  });

  it('end the connection after a time without a read', async () => {
    const { server, open, closed } = await start({
      maxUnreadBytes: 64 * 1024 * 1024,
      unreadMs: 300,
    });
    const socket = open().pause();
    socket.write(request('GET', '/big').repeat(30));
    await until('a closed connection', () => closed.length > 0);
    expect(closed).toEqual(['unread']);
    await untilConnections(server, 0);
  });
});
