import { expect, it } from '@jest/globals';
import { Cancellation } from '../../upstream/cancellation.ts';
import { createConnectionPool, type HttpRequest } from '../../upstream/connection-pool.ts';
import { gate, scopeOf, serve } from './loopback.ts';

const REQUEST: HttpRequest = { method: 'GET', path: '/', headers: {}, body: null };

it('what is given up by the time that its turn comes fails, and is not sent', async () => {
  let asked = 0;
  const answered = gate();
  await using server = await serve((_request, response) => {
    asked += 1;
    void answered.opened.then(() => response.end('{}'));
  });
  const pool = createConnectionPool({ origin: server.baseUrl, connections: 1, maxResponseBytes: 1000 });
  const begin = (cancellation = new Cancellation()) => pool.exchange(REQUEST, scopeOf(), cancellation);
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
