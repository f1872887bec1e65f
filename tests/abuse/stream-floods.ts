import { type EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { PAYMENT_CHANGED } from '../gateway/transports/changes.ts';
import { frameOf, OPCODE, shakeHands } from '../gateway/transports/handshake.ts';
import { HttpStreamClient } from '../gateway/transports/http-stream-client.ts';
import { RawSocket } from '../gateway/transports/raw-socket.ts';
import type { FloodedGateway } from './flooded-gateway.ts';

/** What hostile clients do with streams, up to where all of them have left. */
export interface StreamFlood {
  readonly name: string;
  readonly flood: (gateway: FloodedGateway) => Promise<void>;
}

const LARGE = '{ customers(first: 100) { nodes { id name email createdAt } } }';
const MESSAGE_BYTES = 64 * 1024;
const MEBIBYTE = 1024 * 1024;

const many = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

const ready = ({ url }: FloodedGateway) => RawSocket.ready(url);

/** One that has sent `connection_init` and reads nothing, by this process's choice. */
async function openUnread({ url }: FloodedGateway): Promise<Socket> {
  const { socket } = await shakeHands(url);
  socket.write(frameOf(OPCODE.text, '{"type":"connection_init"}'));
  await once(socket, 'readable');
  socket.pause();
  return socket;
}

/** Waits for one of two events. An error is what a client of this kind has to expect. */
const either = (emitter: EventEmitter, one: string, other: string) =>
  Promise.race([once(emitter, one), once(emitter, other)]).catch(() => undefined);

/** Writes until the kernel takes no more at the moment, or the server has ended the connection. */
async function writeAll(socket: Socket, bytes: readonly Buffer[]): Promise<void> {
  for (const one of bytes) {
    if (socket.destroyed) return;
    if (!socket.write(one)) await either(socket, 'drain', 'close');
  }
}

const ended = async (socket: Socket) => {
  socket.resume();
  if (!socket.destroyed) await either(socket, 'close', 'close');
};

const subscribeFrame = (id: string, query: string) =>
  frameOf(OPCODE.text, JSON.stringify({ id, type: 'subscribe', payload: { query } }));

export const STREAM_FLOODS: readonly StreamFlood[] = [
  {
    name: 'thousands of subscribe frames on each of many sockets',
    flood: async (gateway) => {
      await many(10, async () => {
        const socket = await ready(gateway);
        for (let count = 0; count < 3000; count += 1)
          socket.subscribe(String(count), PAYMENT_CHANGED);
        await socket.closed;
      });
    },
  },
  {
    name: 'subscriptions that are completed at once, and their ids used again',
    flood: async (gateway) => {
      await many(10, async () => {
        const socket = await ready(gateway);
        for (let count = 0; count < 100; count += 1) {
          socket.subscribe('same', PAYMENT_CHANGED);
          socket.send({ id: 'same', type: 'complete' });
        }
        socket.subscribe('last', '{ __typename }');
        while ((await socket.next())['type'] !== 'complete');
        socket.socket.terminate();
      });
    },
  },
  {
    name: 'ids that are as long as a message may be',
    flood: async (gateway) => {
      await many(10, async () => {
        const socket = await ready(gateway);
        for (let count = 0; count < 100; count += 1)
          socket.subscribe(String(count).padEnd(60_000, 'x'), PAYMENT_CHANGED);
        socket.subscribe('last', '{ __typename }');
        while ((await socket.next())['id'] !== 'last');
        socket.socket.terminate();
      });
    },
  },
  {
    name: 'frames as large as they may be, larger, and larger than they say',
    flood: async ({ url }) => {
      await many(20, async (index) => {
        const { socket } = await shakeHands(url);
        const frame = [
          frameOf(OPCODE.text, ' '.repeat(MESSAGE_BYTES)),
          frameOf(OPCODE.text, ' '.repeat(MESSAGE_BYTES + 1)),
          frameOf(OPCODE.binary, Buffer.alloc(1_000_000)),
          frameOf(OPCODE.text, 'x', { announced: 2 ** 40 }),
          frameOf(OPCODE.ping, 'x'.repeat(200)),
        ][index % 5];
        if (frame !== undefined) await writeAll(socket, [frame]);
        await ended(socket);
      });
    },
  },
  {
    name: 'messages in fragments that never end',
    flood: async ({ url }) => {
      await many(50, async (index) => {
        const { socket } = await shakeHands(url);
        const first = frameOf(OPCODE.text, 'x', { isFinal: false });
        const next = frameOf(OPCODE.continuation, 'x'.repeat(index % 2 === 0 ? 900 : 1100), {
          isFinal: false,
        });
        // More than there may be, or together too long, or too few; the last wait for nothing.
        const count = index % 5 === 0 ? 10 : 100;
        await writeAll(socket, [first, ...Array.from({ length: count }, () => next)]);
        if (count === 100) await ended(socket);
        else socket.destroy();
      });
    },
  },
  {
    name: 'clients that ask for much and read none of it',
    flood: async (gateway) => {
      const sockets = await many(10, async () => {
        const socket = await ready(gateway);
        socket.socket.pause();
        for (let count = 0; count < 50; count += 1) socket.subscribe(String(count), LARGE);
        return socket;
      });
      await served(gateway);
      for (const { socket } of sockets) socket.terminate();
    },
  },
  {
    name: 'subscriptions with unread payloads',
    flood: async (gateway) => {
      const sockets = await many(2, async () => {
        const socket = await openUnread(gateway);
        await writeAll(
          socket,
          Array.from({ length: 10 }, (_, index) => subscribeFrame(String(index), PAYMENT_CHANGED)),
        );
        return socket;
      });
      for (let count = 0; count < 200; count += 1) await gateway.ask('change');
      await served(gateway);
      for (const socket of sockets) socket.destroy();
    },
  },
  {
    name: 'protocol pings with unread pongs',
    flood: async (gateway) => {
      const payload = { x: 'x'.repeat(60_000) };
      const sockets = await many(10, async () => {
        const socket = await openUnread(gateway);
        const ping = frameOf(OPCODE.text, JSON.stringify({ type: 'ping', payload }));
        // What the kernel does not take waits here.
        for (let count = 0; count < 200; count += 1) socket.write(ping);
        return socket;
      });
      // All pongs together would be 120 MB, of which the kernel takes some.
      for (let round = 0; round < 20; round += 1) {
        await served(gateway);
        await holdsLessThan(20 * MEBIBYTE, gateway);
      }
      for (const socket of sockets) socket.destroy();
    },
  },
  {
    name: 'ping frames with unread pongs',
    flood: async (gateway) => {
      await many(10, async () => {
        const socket = await openUnread(gateway);
        const ping = frameOf(OPCODE.ping, 'x'.repeat(125));
        await writeAll(
          socket,
          Array.from({ length: 5000 }, () => ping),
        );
        await ended(socket);
      });
    },
  },
  {
    name: 'sockets that stop at each step before connection_init',
    flood: async ({ url }) => {
      const port = Number(new URL(url).port);
      const half = await many(50, async (index) => {
        if (index % 2 === 0) return (await shakeHands(url)).socket;
        const socket = connect({ port, host: '127.0.0.1' });
        socket.on('error', () => undefined);
        socket.write('GET /graphql HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconn');
        await once(socket, 'connect');
        return socket;
      });
      // Those that have shaken hands are ended by the server.
      await Promise.all(half.filter((_, index) => index % 2 === 0).map(ended));
      for (const socket of half) socket.destroy();
    },
  },
  {
    name: 'more connections than one address may have',
    flood: async (gateway) => {
      const sockets = await many(400, async () => {
        const socket = new WebSocket(
          `${gateway.url.replace('http', 'ws')}/graphql`,
          'graphql-transport-ws',
        );
        socket.on('error', () => undefined);
        await either(socket, 'open', 'close');
        return socket;
      });
      const open = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
      for (const socket of sockets) socket.terminate();
      while ((await gateway.ask('now')).sockets > open / 2);
      if (open > 256) throw new Error(`${String(open)} sockets of one address were open.`);
    },
  },
  ...(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'] as const).map((accept) => ({
    name: `streams of ${accept} that their clients leave before and after they are open`,
    flood: async ({ url }: FloodedGateway) => {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: PAYMENT_CHANGED }),
      };
      for (let count = 0; count < 10; count += 1)
        await many(20, async (index) => {
          if (index % 2 === 0) (await HttpStreamClient.open(`${url}/graphql`, init)).close();
          else await leaveAtOnce(url, init);
        });
    },
  })),
];

/** The request is there, and its client is not. */
async function leaveAtOnce(
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<void> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  socket.on('error', () => undefined);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(
    [
      'POST /graphql HTTP/1.1',
      'host: localhost',
      `content-length: ${String(body.length)}`,
      ...lines,
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
  await once(socket, 'close');
}

async function holdsLessThan(bytes: number, gateway: FloodedGateway): Promise<void> {
  // Read requests that were not collected yet are held for no client.
  const { bufferBytes } = await gateway.ask('collected');
  if (bufferBytes >= bytes)
    throw new Error(`${String(bufferBytes)} bytes are held for clients that read nothing.`);
}

/** Others are served meanwhile. */
export async function served({ url }: FloodedGateway): Promise<void> {
  const socket = await RawSocket.ready(url);
  socket.subscribe('1', '{ payments(first: 1) { nodes { id } } }');
  const { type } = await socket.next();
  if (type !== 'next') throw new Error(`Expected a result, but got ${JSON.stringify(type)}.`);
  socket.socket.terminate();
}
