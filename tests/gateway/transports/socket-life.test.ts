import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { TIMERS } from '../../timers.ts';
import { until } from '../../until.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../start-gateway.ts';
import { changePayment, firstPayment, PAYMENT_CHANGED } from './changes.ts';
import { FrameReader, frameOf, OPCODE, shakeHands } from './handshake.ts';
import { HttpStreamClient } from './http-stream-client.ts';
import { RawSocket } from './raw-socket.ts';

const QUERY = '{ payments(first: 1) { nodes { id } } }';
const LARGE = '{ customers(first: 100) { nodes { id name email createdAt } } }';

let gateway: TestGateway | undefined;
const sockets: RawSocket[] = [];
afterEach(async () => {
  jest.useRealTimers();
  for (const { socket } of sockets.splice(0)) socket.terminate();
  await gateway?.close();
  gateway = undefined;
});

async function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  gateway = await startTestGateway(options);
  return gateway;
}
const ready = async ({ url }: TestGateway) => {
  const socket = await RawSocket.ready(url);
  sockets.push(socket);
  return socket;
};

/** A client that sends these messages and then nothing more, as one whose network is gone: it answers no ping. */
async function openSilent({ url }: TestGateway, ...messages: object[]): Promise<Socket> {
  const { socket } = await shakeHands(url);
  const reader = new FrameReader(socket);
  socket.write(frameOf(OPCODE.text, '{"type":"connection_init"}'));
  await reader.through('connection_ack');
  for (const message of messages) socket.write(frameOf(OPCODE.text, JSON.stringify(message)));
  return socket;
}

/** The checks of life and the heartbeats alone come when a test says so. */
const controlChecks = () =>
  jest.useFakeTimers({
    doNotFake: TIMERS.filter((name) => name !== 'setInterval' && name !== 'clearInterval'),
    now: Date.now(),
  });

/** More than fits between the two processes. */
const PINGS = 200;
const PING = { type: 'ping', payload: { text: 'x'.repeat(60_000) } };

async function roundTrip(socket: RawSocket): Promise<void> {
  socket.send({ type: 'ping' });
  await socket.next();
}

/** Sends so much to answer that the server stops reading, and reads nothing. */
async function fill(slow: RawSocket, other: RawSocket): Promise<void> {
  slow.socket.pause();
  for (let count = 0; count < PINGS; count += 1) slow.send(PING);
  for (let [left, same] = [Infinity, 0]; same < 20;) {
    await roundTrip(other);
    same = slow.socket.bufferedAmount === left ? same + 1 : 0;
    left = slow.socket.bufferedAmount;
  }
}

describe('a WebSocket', () => {
  it('whose client answers no ping is cut off, and one whose client does is not', async () => {
    controlChecks();
    const running = await start();
    const silent = await openSilent(running);
    const alive = await ready(running);
    const cut = once(silent, 'close');
    for (let check = 0; check < 4; check += 1) {
      const pinged = once(alive.socket, 'ping');
      jest.advanceTimersByTime(10_000);
      await pinged;
      // The server has got the answer to its ping before this one's.
      alive.subscribe('1', '{ __typename }');
      await alive.next();
      await alive.next();
    }
    await cut;
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });

  it('whose client is gone is cut off although heartbeats are written to it, and its stream ends', async () => {
    controlChecks();
    const running = await start();
    const payload = { query: PAYMENT_CHANGED };
    const silent = await openSilent(running, { id: '1', type: 'subscribe', payload });
    const cut = once(silent, 'close');
    const alive = await ready(running);
    alive.subscribe('live', PAYMENT_CHANGED);
    for (let check = 0; check < 4; check += 1) {
      jest.advanceTimersByTime(10_000);
      // The server has got the answer to its ping before this one's.
      await alive.nextPing();
      alive.subscribe('1', '{ __typename }');
      await alive.next();
      await alive.next();
    }
    await cut;
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
    await until('the end of a stream', () =>
      running.log.some((line) => line.includes('"stream ended"')),
    );
  });

  it('of a client that reads none of its results is not read from, and the results that wait are bounded', async () => {
    const running = await start({ environment: { MAX_UNREAD_BYTES: String(1024 * 1024) } });
    const socket = await ready(running);
    socket.socket.pause();
    const closed = once(socket.socket, 'close');
    for (let count = 0; count < 200; count += 1) socket.subscribe(String(count), LARGE);
    const other = await ready(running);
    for (let count = 0; count < 10; count += 1) {
      other.subscribe('1', QUERY);
      expect(await other.next()).toMatchObject({ type: 'next' });
      await other.next();
    }
    socket.socket.resume();
    socket.close();
    await closed;
  });

  it('of a client that reads slowly stays open, although the server gets none of its pongs meanwhile', async () => {
    controlChecks();
    const running = await start();
    const [slow, other] = [await ready(running), await ready(running)];
    await fill(slow, other);
    expect(slow.socket.bufferedAmount).toBeGreaterThan(0);
    for (let check = 0; check < 4; check += 1) {
      jest.advanceTimersByTime(10_000);
      await roundTrip(other);
    }
    slow.socket.resume();
    for (let count = 0; count < PINGS; count += 1)
      expect(await slow.next()).toMatchObject({ type: 'pong' });
    expect(slow.socket.readyState).toBe(slow.socket.OPEN);
  });

  it('of a client that reads nothing in UNREAD_TIMEOUT_MS is cut off, and its streams end', async () => {
    const running = await start({ environment: { UNREAD_TIMEOUT_MS: '1000', LOG_LEVEL: 'info' } });
    const [slow, other] = [await ready(running), await ready(running)];
    slow.subscribe('live', PAYMENT_CHANGED);
    await fill(slow, other);
    await until('the end of a stream', () =>
      running.log.some((line) => line.includes('"stream ended"')),
    );
    expect(other.socket.readyState).toBe(other.socket.OPEN);
  });

  it('of a known client keeps its place when there are too many connections; one without a known client does not', async () => {
    const running = await start({ environment: { MAX_CONNECTIONS: '10' } });
    const known = await ready(running);
    const unknown = await RawSocket.open(running.url);
    sockets.push(unknown);
    const others: Socket[] = [];
    for (let count = 0; count < 20; count += 1) {
      const other = connect({ port: Number(new URL(running.url).port), host: '127.0.0.1' });
      other.on('error', () => undefined);
      await once(other, 'connect');
      others.push(other);
    }
    expect((await unknown.closed)[0]).toBe(1006);
    known.subscribe('1', QUERY);
    expect(await known.next()).toMatchObject({ type: 'next' });
    for (const other of others) other.destroy();
  });

  it('counts as a connection of its address', async () => {
    const running = await start({ environment: { MAX_CONNECTIONS_PER_ADDRESS: '3' } });
    for (let count = 0; count < 3; count += 1) await ready(running);
    await expect(RawSocket.open(running.url)).rejects.toThrow('429');
  });

  it('is none of the requests that a caller may have in progress', async () => {
    const running = await start({ environment: { CALLER_MAX_CONCURRENT: '1' } });
    const socket = await ready(running);
    socket.subscribe('live', PAYMENT_CHANGED);
    const stream = await HttpStreamClient.open(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: PAYMENT_CHANGED }),
    });
    await stream.through(':\n\n');
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toMatchObject({ type: 'next' });
    stream.close();
  });

  it('is closed with 1001 when the server drains, once its operations have ended', async () => {
    const running = await start();
    const idle = await ready(running);
    const busy = await ready(running);
    busy.subscribe('1', LARGE);
    gateway = undefined;
    const closing = running.close();
    expect(await idle.closed).toEqual([1001, 'Going away']);
    expect(await busy.next()).toMatchObject({ id: '1', type: 'next', payload: { data: {} } });
    expect(await busy.next()).toEqual({ id: '1', type: 'complete' });
    expect(await busy.closed).toEqual([1001, 'Going away']);
    await closing;
  });
});

describe('a stream by server-sent events', () => {
  it('of a client that has gone is written to no more', async () => {
    const running = await start({ environment: { LOG_LEVEL: 'info' } });
    const payment = await firstPayment(running);
    const client = await HttpStreamClient.open(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: PAYMENT_CHANGED }),
    });
    await client.through(':\n\n');
    client.close();
    const socket = await ready(running);
    for (;;) {
      await changePayment(running, payment);
      socket.subscribe('1', QUERY);
      await socket.next();
      await socket.next();
      if (running.log.some((line) => line.includes('"stream ended"'))) break;
    }
    expect(running.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  it('stays open while nothing happens for longer than a silent connection may last', async () => {
    const running = await start({
      environment: { REQUEST_TIMEOUT_MS: '1000', UNREAD_TIMEOUT_MS: '100' },
    });
    const client = await HttpStreamClient.open(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: PAYMENT_CHANGED }),
    });
    // Its heartbeat comes at once, and the next one much later.
    await client.through('id: ');
    const silent = connect({ port: Number(new URL(running.url).port), host: '127.0.0.1' });
    await once(silent, 'close');
    await changePayment(running, 'pi_any');
    expect(await client.through('}\n\n')).toContain('event: next');
    client.close();
  });
});
