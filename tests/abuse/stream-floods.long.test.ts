import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { PAYMENT_CHANGED } from '../gateway/transports/changes.ts';
import { HttpStreamClient } from '../gateway/transports/http-stream-client.ts';
import { RawSocket } from '../gateway/transports/raw-socket.ts';

const QUERY = '{ payments(first: 1) { nodes { id } } }';
const LARGE = '{ customers(first: 100) { nodes { id name email createdAt } } }';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

/** Others are served meanwhile. */
async function expectService(): Promise<void> {
  const { status } = await gateway.query(QUERY);
  expect(status).toBe(200);
}

/** Sockets of this process: those of clients and of the server. */
const openSockets = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

async function untilSocketsAreBack(before: number): Promise<void> {
  while (openSockets() > before) await nextTurn();
}

const masked = (opcode: number, length: number, announced = length) => {
  const head = Buffer.alloc(14);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(announced), 2);
  return Buffer.concat([head, Buffer.alloc(length, 0x20)]);
};

async function handshake(): Promise<Socket> {
  const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.write(
    'GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
  );
  await once(socket, 'data');
  return socket;
}

describe('the gateway serves others, and holds nothing afterwards', () => {
  it('with thousands of subscribe frames on each of many sockets', async () => {
    await expectService();
    const before = openSockets();
    const closed = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await RawSocket.ready(gateway.url);
        for (let count = 0; count < 5000; count += 1)
          socket.subscribe(String(count), PAYMENT_CHANGED);
        return socket.closed;
      }),
    );
    expect(new Set(closed.map(([code]) => code))).toEqual(new Set([1008]));
    await expectService();
    await untilSocketsAreBack(before);
  });

  it('with frames that are huge, or announce that they are', async () => {
    const before = openSockets();
    for (const frame of [
      masked(1, 70_000),
      masked(1, 10, 2 ** 40),
      masked(2, 1_000_000),
      masked(9, 200),
    ]) {
      const socket = await handshake();
      const ended = once(socket, 'close');
      socket.resume();
      socket.write(frame);
      await ended;
    }
    await expectService();
    await untilSocketsAreBack(before);
  });

  it('with clients that ask for much and read none of it', async () => {
    const before = openSockets();
    const slow = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const socket = await RawSocket.ready(gateway.url);
        socket.socket.pause();
        for (let count = 0; count < 100; count += 1) socket.subscribe(String(count), LARGE);
        return socket;
      }),
    );
    for (let count = 0; count < 5; count += 1) await expectService();
    for (const { socket } of slow) socket.terminate();
    await untilSocketsAreBack(before);
  }, 120_000);

  it('with more connections than there may be, before and after the handshake', async () => {
    const before = openSockets();
    const sockets = Array.from({ length: 400 }, () => {
      const socket = new WebSocket(
        `${gateway.url.replace('http', 'ws')}/graphql`,
        'graphql-transport-ws',
      );
      socket.on('error', () => undefined);
      return socket;
    });
    await Promise.all(
      sockets.map(async (socket) => {
        await Promise.race([once(socket, 'open'), once(socket, 'close')]).catch(() => undefined);
      }),
    );
    // Those of one address.
    expect(
      sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length,
    ).toBeLessThanOrEqual(256);
    for (const socket of sockets) socket.terminate();
    await untilSocketsAreBack(before);
    await expectService();
  }, 60_000);

  it('with event streams that their clients leave at once, and the heap is back', async () => {
    const leave = async () => {
      const client = await HttpStreamClient.open(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: PAYMENT_CHANGED }),
      });
      client.close();
    };
    const round = async () => {
      for (let count = 0; count < 200; count += 1) await leave();
    };
    await round();
    const before = openSockets();
    const heapBefore = usedHeap();
    for (let count = 0; count < 5; count += 1) await round();
    await untilSocketsAreBack(before);
    // A thousand streams that stayed would hold some 13 MB.
    expect(usedHeap() - heapBefore).toBeLessThan(8 * 1024 * 1024);
  }, 120_000);
});

setFlagsFromString('--expose-gc');
// A cast: the flag defines it.
const collectGarbage = runInNewContext('gc') as () => void;

function usedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
