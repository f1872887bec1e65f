import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import nock from 'nock';
import { createCallTrace } from '../../../request/request-scope.ts';
import { addresses, ofAddresses, GEOCODING, startMaps } from './start-maps.ts';
import { onlyMockedCalls } from './only-mocked.ts';

onlyMockedCalls();

beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout', 'clearTimeout'],
    now: Date.now(),
  });
});
afterEach(() => {
  jest.useRealTimers();
});

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** The vendor draws so many pictures, and not one more. */
const draws = (times: number, headers: Record<string, string> = {}) =>
  nock(GEOCODING)
    .get('/maps/api/staticmap')
    .query(true)
    .times(times)
    .reply(200, PNG, { 'content-type': 'image/png', ...headers });

/** Links to pictures, and what reads them. */
function start(environment: Record<string, string> = {}) {
  const { ask, subgraph } = startMaps(environment);
  const link = async (zoom = 14) => {
    const { data } = await ask(
      ofAddresses(`map(zoom: ${String(zoom)}) { path }`),
      addresses('Sydney'),
    );
    return (data as { _entities: [{ map: { path: string } }] })._entities[0].map.path.slice(
      '/map/'.length,
    );
  };
  const read = (token: string, signal: AbortSignal = new AbortController().signal) => {
    const file = subgraph.files?.['map']?.(token, { signal, trace: createCallTrace() });
    if (file === undefined) throw new Error('There are no pictures.');
    return file;
  };
  return { link, read };
}

describe('a map image', () => {
  it("is requested once for all links as long as the vendor's headers allow caching", async () => {
    const { link, read } = start();
    draws(1, { 'cache-control': 'public, max-age=50000' });
    expect(await read(await link())).toMatchObject({ contentType: 'image/png', maxAge: 50_000 });
    jest.advanceTimersByTime(40_000_000);
    expect(await read(await link())).toMatchObject({ body: PNG, maxAge: 10_000 });
    jest.advanceTimersByTime(10_000_000);
    draws(1);
    expect(await read(await link())).toMatchObject({ maxAge: 0 });
  });

  it.each([
    ['without headers', {}],
    ['no-store', { 'cache-control': 'no-store, max-age=60' }],
    ['private', { 'cache-control': 'private, max-age=60' }],
    ['old already', { 'cache-control': 'public, max-age=60', age: '60' }],
    ['only to be asked for again', { etag: '"1"' }],
  ])('is requested each time if its headers do not allow caching: %s', async (_what, headers) => {
    const { link, read } = start();
    const token = await link();
    draws(2, headers);
    expect([await read(token), await read(token)]).toMatchObject([{ maxAge: 0 }, { maxAge: 0 }]);
  });

  it('is requested again for another view', async () => {
    const { link, read } = start();
    draws(2, { 'cache-control': 'public, max-age=60' });
    await read(await link(1));
    await read(await link(2));
  });

  it('takes one call for requests at the same time', async () => {
    const { link, read } = start({ MAP_CALLS_PER_MINUTE: '1' });
    const token = await link();
    draws(1);
    const disconnected = new AbortController();
    const first = expect(read(token, disconnected.signal)).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    const others = Array.from({ length: 50 }, () => read(token));
    // Who began the call does not end it for the others.
    disconnected.abort(new DOMException('The client disconnected.', 'AbortError'));
    await first;
    expect(new Set((await Promise.all(others)).map((file) => file?.contentType))).toEqual(
      new Set(['image/png']),
    );
  });

  it('takes no more calls a minute than are allowed for one picture', async () => {
    const { link, read } = start({ MAP_CALLS_PER_MINUTE: '2' });
    const token = await link();
    draws(2);
    await read(token);
    await read(token);
    await expect(read(token)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      extensions: { retryable: true, retryAfter: 30 },
    });
    draws(1);
    await read(await link(3));
  });

  it('returns 404 once its link has expired', async () => {
    const { link, read } = start({ MAP_LINK_SECONDS: '60' });
    const token = await link();
    jest.advanceTimersByTime(60_000);
    expect(await read(token)).toBeNull();
  });
});
