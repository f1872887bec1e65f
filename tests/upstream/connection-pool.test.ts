import type { ServerResponse } from 'node:http';
import { expect, it } from '@jest/globals';
import { Cancellation } from '../../request/cancellation.ts';
import { createConnectionPool, type HttpRequest } from '../../upstream/connection-pool.ts';
import { gate, scopeOf, serve } from './loopback.ts';

const REQUEST: HttpRequest = { method: 'GET', path: '/', headers: {}, body: null };

it('a call that is cancelled while it waits for a connection fails and is not sent', async () => {
  let asked = 0;
  const answered = gate();
  await using server = await serve((_request, response) => {
    asked += 1;
    void answered.opened.then(() => response.end('{}'));
  });
  const pool = createConnectionPool({
    origin: server.baseUrl,
    connections: 1,
    maxResponseBytes: 1000,
  });
  const begin = (cancellation = new Cancellation()) =>
    pool.exchange(REQUEST, scopeOf(), cancellation);
  const over = new Cancellation();
  over.cancel(new Error('gone before'));
  const later = new Cancellation();
  const first = begin();
  const outcomes = Promise.allSettled([begin(over), begin(later), begin()]);
  later.cancel(new Error('gone while it waited'));
  answered.open();
  expect(await first).toMatchObject({ status: 200 });
  expect(await outcomes).toMatchObject([
    { status: 'rejected', reason: { name: 'ExchangeFailure', message: 'gone before' } },
    { status: 'rejected', reason: { name: 'ExchangeFailure', message: 'gone while it waited' } },
    { status: 'fulfilled', value: { status: 200 } },
  ]);
  expect(asked).toBe(2);
  await pool.close();
});

it('sequential calls share one connection, and concurrent calls use up to the maximum', async () => {
  const held: ServerResponse[] = [];
  let together = 1;
  await using server = await serve((_request, response) => {
    if (held.push(response) === together) for (const one of held.splice(0)) one.end('{}');
  });
  const pool = createConnectionPool({
    origin: server.baseUrl,
    connections: 3,
    maxResponseBytes: 1000,
  });
  const exchange = () => pool.exchange(REQUEST, scopeOf(), new Cancellation());
  for (let call = 0; call < 5; call += 1) expect(await exchange()).toMatchObject({ status: 200 });
  expect(server.connections()).toBe(1);
  together = 3;
  const responses = await Promise.all(Array.from({ length: 9 }, exchange));
  expect(responses).toMatchObject(Array.from({ length: 9 }, () => ({ status: 200 })));
  expect(server.connections()).toBe(3);
  await pool.close();
});

it('a broken connection is replaced for the next call', async () => {
  let asked = 0;
  await using server = await serve((request, response) => {
    asked += 1;
    if (asked === 1) request.socket.destroy();
    else response.end('{}');
  });
  const pool = createConnectionPool({
    origin: server.baseUrl,
    connections: 1,
    maxResponseBytes: 1000,
  });
  const exchange = () => pool.exchange(REQUEST, scopeOf(), new Cancellation());
  const [broken, next] = await Promise.allSettled([exchange(), exchange()]);
  expect(broken).toMatchObject({
    status: 'rejected',
    reason: { name: 'ExchangeFailure', wasSent: true },
  });
  expect(next).toMatchObject({ status: 'fulfilled', value: { status: 200 } });
  await pool.close();
});

it('waiting calls succeed at a server that closes each connection after its response', async () => {
  await using server = await serve((_request, response) =>
    response.setHeader('connection', 'close').end('{}'),
  );
  const pool = createConnectionPool({
    origin: server.baseUrl,
    connections: 2,
    maxResponseBytes: 1000,
  });
  const post: HttpRequest = { method: 'POST', path: '/', headers: {}, body: '{}' };
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => pool.exchange(post, scopeOf(), new Cancellation())),
  );
  expect(responses).toMatchObject(Array.from({ length: 20 }, () => ({ status: 200 })));
  expect(server.connections()).toBe(20);
  await pool.close();
});

it('a closed connection pool fails pending, waiting and later calls', async () => {
  await using server = await serve(() => undefined);
  const pool = createConnectionPool({
    origin: server.baseUrl,
    connections: 1,
    maxResponseBytes: 1000,
  });
  const exchange = () => pool.exchange(REQUEST, scopeOf(), new Cancellation());
  const outcomes = Promise.allSettled([exchange(), exchange()]);
  await pool.close();
  const failure = { status: 'rejected', reason: { name: 'ExchangeFailure' } };
  expect(await outcomes).toMatchObject([failure, failure]);
  await expect(exchange()).rejects.toMatchObject({ name: 'ExchangeFailure', wasSent: false });
});
