import type { RequestListener } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { RateLimits, RateRefusal } from '../../upstream/upstream-policy.ts';
import { get, scopeOf, serve } from './loopback.ts';

const LIMITED = 'UPSTREAM_RATE_LIMITED';
const PLENTY = { limit: 1000, windowMs: 1000 };

const limits: RateLimits = {
  account: 'a',
  rates: { things: PLENTY, others: PLENTY },
  limitOf: ({ path }) => (path.startsWith('/things') ? 'things' : 'others'),
  perEndpoint: PLENTY,
};

const thing = (id: string) => get('/things/{id}', { params: { id } });

/** Refuses the call for one thing, and accepts all others. */
const busyWithOne =
  (headers: Readonly<Record<string, string>> = {}): RequestListener =>
  ({ url }, response) => {
    response.writeHead(url === '/things/locked' ? 429 : 200, headers).end('{}');
  };

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'OK',
    (error: unknown) => (error instanceof UpstreamError ? error.code : 'OTHER'),
  );

describe('a response with status 429', () => {
  it.each<[RateRefusal['pauses'], Record<string, string>]>([
    ['call', { thing: 'OK', things: 'OK', others: 'OK' }],
    ['endpoint', { thing: LIMITED, things: 'OK', others: 'OK' }],
    ['limit', { thing: LIMITED, things: LIMITED, others: 'OK' }],
    ['account', { thing: LIMITED, things: LIMITED, others: LIMITED }],
  ])('that is about the %s pauses nothing else', async (pauses, expected) => {
    await using server = await serve(busyWithOne({ 'retry-after': '3600' }), {
      policy: { maxConcurrency: 10, limits: { ...limits, readRefusal: () => ({ pauses }) } },
    });
    expect(await codeOf(server.client.send(thing('locked'), scopeOf()))).toBe(LIMITED);
    expect({
      thing: await codeOf(server.client.send(thing('free'), scopeOf())),
      things: await codeOf(server.client.send(get('/things'), scopeOf())),
      others: await codeOf(server.client.send(get('/others'), scopeOf())),
    }).toEqual(expected);
  });

  it('gives clients the wait time that the vendor states outside Retry-After', async () => {
    await using server = await serve(busyWithOne(), {
      policy: {
        maxConcurrency: 10,
        limits: { ...limits, readRefusal: () => ({ pauses: 'account', retryAfter: 7200 }) },
      },
    });
    const refused = { code: LIMITED, extensions: { retryAfter: 7200 } };
    await expect(server.client.send(thing('locked'), scopeOf())).rejects.toMatchObject(refused);
    await expect(server.client.send(get('/others'), scopeOf())).rejects.toMatchObject(refused);
  });
});

describe('a limit of each endpoint', () => {
  it('is counted by method and path template, and not shared by endpoints', async () => {
    await using server = await serve(busyWithOne(), {
      policy: {
        maxConcurrency: 10,
        limits: { ...limits, perEndpoint: { limit: 1, windowMs: 60_000 } },
      },
    });
    const soon = () => scopeOf(AbortSignal.timeout(50));
    expect(await codeOf(server.client.send(thing('1'), scopeOf()))).toBe('OK');
    expect(await codeOf(server.client.send(thing('2'), soon()))).toBe(LIMITED);
    expect(await codeOf(server.client.send(get('/things'), scopeOf()))).toBe('OK');
  });

  it('can differ for single endpoints', async () => {
    const endpoints = { 'GET /things/{id}': { limit: 1, windowMs: 60_000 } };
    await using server = await serve(busyWithOne(), {
      policy: { maxConcurrency: 10, limits: { ...limits, endpoints } },
    });
    const soon = () => scopeOf(AbortSignal.timeout(50));
    expect(await codeOf(server.client.send(thing('1'), scopeOf()))).toBe('OK');
    expect(await codeOf(server.client.send(thing('2'), soon()))).toBe(LIMITED);
    for (let times = 0; times < 2; times += 1)
      expect(await codeOf(server.client.send(get('/things'), soon()))).toBe('OK');
  });
});
