import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { changePayment, firstPayment, PAYMENT_CHANGED } from './changes.ts';
import { RawSocket, type RawSocketOptions } from './raw-socket.ts';

let gateway: TestGateway;
let payment: string;
const sockets: RawSocket[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  payment = await firstPayment(gateway);
});
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});
afterAll(() => gateway.close());

const open = async (options?: RawSocketOptions) => keep(await RawSocket.open(gateway.url, options));
const ready = async (payload?: object) => keep(await RawSocket.ready(gateway.url, payload));
function keep(socket: RawSocket): RawSocket {
  sockets.push(socket);
  return socket;
}

const QUERY = '{ payments(first: 1) { nodes { id } } }';
const NEXT_QUERY = { data: { payments: { nodes: [{ id: expect.any(String) as unknown }] } } };

describe('a WebSocket', () => {
  it('is closed with 4406 where the client does not offer graphql-transport-ws', async () => {
    const socket = await open({ protocols: [] });
    expect(await socket.closed).toEqual([4406, 'Subprotocol not acceptable']);
  });

  it('speaks graphql-transport-ws where the client offers it among others', async () => {
    const { socket } = await open({ protocols: ['graphql-ws', 'graphql-transport-ws'] });
    expect(socket.protocol).toBe('graphql-transport-ws');
    expect(socket.extensions).toBe('');
  });

  it('is closed with 4408 without connection_init for three seconds', async () => {
    const socket = await open();
    expect(await socket.closed).toEqual([4408, 'Connection initialisation timeout']);
  });

  it('ignores Last-Event-ID of its handshake, which belongs to server-sent events', async () => {
    const socket = await open({ headers: { 'last-event-id': 'no cursor' } });
    socket.send({ type: 'connection_init' });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.subscribe('1', PAYMENT_CHANGED);
    // The first heartbeat of an open stream.
    expect(await socket.take()).toMatchObject({
      type: 'ping',
      payload: { cursor: expect.any(String) },
    });
  });

  it.each([[undefined], [null], [{}], [{ anything: [1] }]])(
    'is acknowledged after connection_init with the payload %j, without a payload of its own',
    async (payload) => {
      const socket = await open();
      socket.send({ type: 'connection_init', payload });
      expect(await socket.next()).toEqual({ type: 'connection_ack' });
    },
  );

  it('is closed with 4429 at a second connection_init', async () => {
    const socket = await ready();
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toEqual([4429, 'Too many initialisation requests']);
  });

  it('is closed with 4429 at a second connection_init that does not wait for the answer to the first', async () => {
    const socket = await open();
    socket.send({ type: 'connection_init' });
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toEqual([4429, 'Too many initialisation requests']);
  });

  it('is closed with 4401 at a subscribe before the acknowledgement', async () => {
    const socket = await open();
    socket.subscribe('1', QUERY);
    expect(await socket.closed).toEqual([4401, 'Unauthorized']);
  });

  it('is closed with 4403 where the credential of connection_init is wrong', async () => {
    for (const payload of [
      { authorization: 'Bearer trib_wrong' },
      { Authorization: 'nonsense' },
      { 'x-api-key': 'trib_wrong' },
      { authorization: 7 },
    ]) {
      const socket = await open();
      socket.send({ type: 'connection_init', payload });
      expect(await socket.closed).toEqual([4403, 'Forbidden']);
    }
  });

  it.each([
    ['no JSON', 'hello'],
    ['a list', []],
    ['null', 'null'],
    ['no type', { id: '1' }],
    ['an unknown type', { type: 'start', id: '1', payload: { query: QUERY } }],
    ['a message of servers', { type: 'next', id: '1', payload: {} }],
    ['subscribe without id', { type: 'subscribe', payload: { query: QUERY } }],
    ['subscribe with an empty id', { type: 'subscribe', id: '', payload: { query: QUERY } }],
    ['subscribe with a number as id', { type: 'subscribe', id: 1, payload: { query: QUERY } }],
    ['subscribe without payload', { type: 'subscribe', id: '1' }],
    ['subscribe without query', { type: 'subscribe', id: '1', payload: {} }],
    ['a query that is no text', { type: 'subscribe', id: '1', payload: { query: {} } }],
    [
      'variables that are a list',
      { type: 'subscribe', id: '1', payload: { query: QUERY, variables: [] } },
    ],
    [
      'variables that are text',
      { type: 'subscribe', id: '1', payload: { query: QUERY, variables: '{}' } },
    ],
    [
      'extensions that are text',
      { type: 'subscribe', id: '1', payload: { query: QUERY, extensions: '' } },
    ],
    [
      'an operationName that is no text',
      { type: 'subscribe', id: '1', payload: { query: QUERY, operationName: 1 } },
    ],
    ['complete without id', { type: 'complete' }],
    ['a ping whose payload is text', { type: 'ping', payload: 'hello' }],
  ])('is closed with 4400 at an invalid message: %s', async (_what, message) => {
    const socket = await ready();
    socket.send(message);
    const [code, reason] = await socket.closed;
    expect(code).toBe(4400);
    expect(reason).not.toBe('');
  });

  it('is closed with 4400 at an invalid connection_init', async () => {
    const socket = await open();
    socket.send({ type: 'connection_init', payload: 'secret' });
    expect((await socket.closed)[0]).toBe(4400);
  });

  it('is closed with 1009 at a message of more than 64 kB', async () => {
    const socket = await ready();
    socket.subscribe('1', `# ${'x'.repeat(65_536)}\n${QUERY}`);
    expect((await socket.closed)[0]).toBe(1009);
  });

  it('is closed with 1008 at too many messages in a second', async () => {
    const socket = await ready();
    for (let count = 0; count < 1000; count += 1) socket.send({ type: 'pong' });
    expect(await socket.closed).toEqual([1008, 'Too many messages']);
  });

  it('answers a ping with its payload, before and after connection_init', async () => {
    const socket = await open();
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.send({ type: 'connection_init' });
    await socket.next();
    socket.send({ type: 'ping', payload: { its: 'me' } });
    expect(await socket.next()).toEqual({ type: 'pong', payload: { its: 'me' } });
  });

  it('accepts an unsolicited pong', async () => {
    const socket = await ready();
    socket.send({ type: 'pong', payload: { its: 'me' } });
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toMatchObject({ type: 'next' });
  });
});

describe('an operation on a WebSocket', () => {
  it('that is a query gets one next and then complete', async () => {
    const socket = await ready();
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: NEXT_QUERY });
    expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
  });

  it('that is a mutation gets one next and then complete', async () => {
    const socket = await ready();
    socket.subscribe('1', 'mutation { createDeal(input: { title: "Live" }) { deal { title } } }');
    expect(await socket.next()).toEqual({
      id: '1',
      type: 'next',
      payload: { data: { createDeal: { deal: { title: 'Live' } } } },
    });
    expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
  });

  it('takes variables and an operation name, null counting as absent', async () => {
    const socket = await ready();
    socket.subscribe(
      '1',
      `query A { __typename } query B($n: Int) { payments(first: $n) { nodes { id } } }`,
      {
        operationName: 'B',
        variables: { n: 1 },
        extensions: null,
      },
    );
    expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: NEXT_QUERY });
    socket.subscribe('2', QUERY, { operationName: null, variables: null, extensions: {} });
    await socket.next();
    expect(await socket.next()).toEqual({ id: '2', type: 'next', payload: NEXT_QUERY });
  });

  it('that is a subscription gets a next for each change, with a cursor, until the client completes it', async () => {
    const socket = await ready();
    socket.subscribe('a', PAYMENT_CHANGED, { variables: { id: payment } });
    // The answer to a ping comes once the subscription before it is open.
    await opened(socket);
    await changePayment(gateway, 'pi_other');
    await changePayment(gateway, payment);
    expect(await socket.next()).toMatchObject({
      id: 'a',
      type: 'next',
      payload: {
        data: { paymentChanged: { id: payment, kind: 'UPDATED', payment: { id: payment } } },
        extensions: { cursor: expect.stringMatching(/^\w+\.\d+-\d+$/) },
      },
    });
    socket.send({ id: 'a', type: 'complete' });
    await changePayment(gateway, payment);
    socket.subscribe('b', QUERY);
    expect(await socket.next()).toMatchObject({ id: 'b', type: 'next' });
  });

  it.each([
    ['a syntax error', '{ payments(', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown field of Subscription', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['no text', '', 'BAD_REQUEST'],
    [
      'a missing variable',
      'query ($n: Int!) { payments(first: $n) { nodes { id } } }',
      'BAD_USER_INPUT',
    ],
  ])(
    'with %s gets an error without complete, and the socket stays open',
    async (_what, query, code) => {
      const socket = await ready();
      socket.subscribe('1', query);
      expect(await socket.next()).toMatchObject({
        id: '1',
        type: 'error',
        payload: [{ message: expect.any(String), extensions: { code } }],
      });
      // Its id is free.
      socket.subscribe('1', QUERY);
      expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
      expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
    },
  );

  it('with the id of another one under way closes the socket with 4409', async () => {
    const socket = await ready();
    socket.subscribe('same', PAYMENT_CHANGED);
    socket.subscribe('same', PAYMENT_CHANGED);
    expect(await socket.closed).toEqual([4409, 'Subscriber for same already exists']);
  });

  it('with the id of a query under way closes the socket with 4409', async () => {
    const socket = await ready();
    const id = 'x'.repeat(200);
    socket.subscribe(id, QUERY);
    socket.subscribe(id, PAYMENT_CHANGED);
    expect(await socket.closed).toEqual([4409, 'Subscriber for this id already exists']);
  });

  it('may have the id of one that the client has completed', async () => {
    const socket = await ready();
    socket.subscribe('1', PAYMENT_CHANGED);
    socket.send({ id: '1', type: 'complete' });
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toMatchObject({ id: '1', type: 'next', payload: NEXT_QUERY });
  });

  it('that the client completes before its result gets none', async () => {
    const socket = await ready();
    socket.subscribe('1', QUERY);
    socket.send({ id: '1', type: 'complete' });
    socket.subscribe('2', QUERY);
    expect(await socket.next()).toMatchObject({ id: '2', type: 'next' });
    expect(await socket.next()).toEqual({ id: '2', type: 'complete' });
    expect(socket.waiting).toEqual([]);
  });

  it('may be completed although it is unknown', async () => {
    const socket = await ready();
    socket.send({ id: 'unknown', type: 'complete' });
    socket.subscribe('1', QUERY);
    expect(await socket.next()).toMatchObject({ type: 'next' });
  });

  it('runs beside others, each with its own id', async () => {
    const socket = await ready();
    const ids = Array.from({ length: 20 }, () => randomBytes(4).toString('hex'));
    for (const id of ids) socket.subscribe(id, QUERY);
    const completed: unknown[] = [];
    while (completed.length < ids.length) {
      const { id, type } = await socket.next();
      if (type === 'complete') completed.push(id);
    }
    expect(completed.sort()).toEqual([...ids].sort());
  });

  it('is refused beyond 100 at the same time on one socket', async () => {
    const socket = await ready();
    for (let count = 0; count < 101; count += 1) socket.subscribe(String(count), QUERY);
    for (;;) {
      const message = await socket.next();
      if (message['type'] !== 'error') continue;
      expect(message).toMatchObject({
        id: '100',
        payload: [{ extensions: { code: 'RATE_LIMITED' } }],
      });
      return;
    }
  });

  it('that is persisted is found by its hash, with an empty query or none', async () => {
    const socket = await ready();
    const sha256Hash = '4af25a0ca9ea05bbcbb4fa5a17e8b0ec4a1ea3cb86c1fbb09d4a1d2ac9ccf0d8';
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    socket.send({ id: '1', type: 'subscribe', payload: { extensions } });
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ message: 'PersistedQueryNotFound' }],
    });
    socket.subscribe('1', '', { extensions });
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ message: 'PersistedQueryNotFound' }],
    });
  });
});

/** Waits until what was sent before is under way. */
async function opened(socket: RawSocket): Promise<void> {
  // A vendor is asked for it, which takes longer than to open a stream.
  socket.subscribe('barrier', QUERY);
  while ((await socket.next())['type'] !== 'complete');
}
