import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { parseCursor } from '../../../events/log/cursor.ts';
import { isAfter } from '../../../events/log/position.ts';
import { TIMERS } from '../../timers.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { changePayment, firstPayment, PAYMENT_CHANGED } from './changes.ts';
import { HttpStreamClient } from './http-stream-client.ts';
import { RawSocket } from './raw-socket.ts';

let gateway: TestGateway | undefined;
const sockets: RawSocket[] = [];
const clients: HttpStreamClient[] = [];
afterEach(async () => {
  jest.useRealTimers();
  for (const { socket } of sockets.splice(0)) socket.terminate();
  for (const client of clients.splice(0)) client.close();
  await gateway?.close();
  gateway = undefined;
});

/** Starts a gateway whose intervals a test advances. */
async function start(): Promise<TestGateway> {
  jest.useFakeTimers({
    doNotFake: TIMERS.filter((name) => name !== 'setInterval' && name !== 'clearInterval'),
    now: Date.now(),
  });
  gateway = await startTestGateway();
  return gateway;
}

async function openSocket({ url }: TestGateway, ...ids: readonly string[]): Promise<RawSocket> {
  const socket = await RawSocket.ready(url);
  sockets.push(socket);
  for (const id of ids) {
    socket.subscribe(id, PAYMENT_CHANGED);
    await socket.nextPing();
  }
  return socket;
}

async function openHttp({ url }: TestGateway, accept: string): Promise<HttpStreamClient> {
  const client = await HttpStreamClient.open(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query: PAYMENT_CHANGED }),
  });
  clients.push(client);
  return client;
}

const SSE = 'text/event-stream';
const MULTIPART = 'multipart/mixed;subscriptionSpec=1.0';
const HEARTBEAT_OF_SSE = /^:\nid: (\w+\.\d+-\d+)\n\n$/;
const HEARTBEAT_OF_MULTIPART = '\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql';

describe('a heartbeat', () => {
  it('comes every ten seconds on each transport, with the cursor of the newest change', async () => {
    const running = await start();
    const payment = await firstPayment(running);
    const socket = await openSocket(running, '1');
    const events = await openHttp(running, SSE);
    await events.through(':\n\n');
    await events.through('\n\n');
    const parts = await openHttp(running, MULTIPART);
    expect(await parts.through('--graphql')).toBe('\r\n--graphql');
    expect(await parts.through('--graphql')).toBe(HEARTBEAT_OF_MULTIPART);
    const cursors = new Set<unknown>();
    for (let round = 0; round < 2; round += 1) {
      await changePayment(running, payment);
      const { payload } = await socket.next();
      const { cursor } = (payload as { readonly extensions: { readonly cursor: string } })
        .extensions;
      cursors.add(cursor);
      await events.through('}\n\n');
      await parts.through('}}\r\n--graphql');
      jest.advanceTimersByTime(10_000);
      expect(await socket.nextPing()).toEqual({ type: 'ping', payload: { cursor } });
      const [, id] = HEARTBEAT_OF_SSE.exec(await events.through('\n\n')) ?? [];
      expect(id).toBe(cursor);
      expect(await parts.through('--graphql')).toBe(HEARTBEAT_OF_MULTIPART);
    }
    expect(cursors.size).toBe(2);
  });

  it('is one ping for all streams of a WebSocket', async () => {
    const running = await start();
    const socket = await openSocket(running, '1', '2', '3');
    jest.advanceTimersByTime(10_000);
    await socket.nextPing();
    socket.subscribe('barrier', '{ __typename }');
    expect(await socket.take()).toMatchObject({ type: 'next' });
  });

  it('of a WebSocket has a cursor before the unsent changes of all its streams, also when another stream opens', async () => {
    const running = await start();
    const payment = await firstPayment(running);
    const { log, tail } = running.events;
    const socket = await openSocket(running, '1');
    running.sandbox.stripe.fault = 'hang';
    await changePayment(running, payment);
    const { position } = await log.head();
    await tail.reach(position, 10_000);
    socket.subscribe('2', 'subscription { companyChanged { id } }');
    const { payload } = await socket.nextPing();
    const cursor = parseCursor((payload as { readonly cursor: string }).cursor);
    expect(isAfter(position, cursor?.position ?? position)).toBe(true);
  });

  it('has one timer, however many streams are open', async () => {
    const running = await start();
    await openSocket(running, '1');
    const before = jest.getTimerCount();
    await openSocket(running, '1', '2', '3');
    for (const accept of [SSE, MULTIPART, SSE, MULTIPART]) {
      const client = await openHttp(running, accept);
      await client.through('\n');
    }
    expect(jest.getTimerCount()).toBe(before);
  });
});
