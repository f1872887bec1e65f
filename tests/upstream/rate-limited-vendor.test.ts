import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CodedError } from '../../errors/coded-error.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';
import { until } from '../until.ts';
import { gate, get, serve } from './loopback.ts';

const policy = {
  maxConcurrency: 100,
  limits: {
    account: 'a',
    rates: { calls: { limit: 1000, windowMs: 1000 } },
    limitOf: () => 'calls',
  },
};

/** Time is over for it when the test says so. */
const scopeFor = (ms: number, signal = new AbortController().signal): RequestScope => ({
  signal,
  trace: createCallTrace(),
  deadlineAt: performance.now() + ms,
});

/** Refuses each call until `accept` is called, then answers when `answer` is called. */
function busyVendor(retryAfter: string) {
  let [asked, isBusy] = [0, true];
  const [reached, answer] = [gate(), gate()];
  const listener: RequestListener = (_request, response) => {
    asked += 1;
    if (isBusy) response.writeHead(429, { 'retry-after': retryAfter }).end('{}');
    else {
      reached.open();
      void answer.opened.then(() => response.end('{}'));
    }
  };
  return {
    listener,
    asked: () => asked,
    accept: () => (isBusy = false),
    reached: reached.opened,
    answer: answer.open,
  };
}

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as CodedError,
  );

describe('a vendor that has refused calls for a long time', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['a day', '86400'],
    ['for ever', '9'.repeat(400)],
    ['until a date', 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ])(
    '%s gets one call a minute later, and all waiting calls once that one is accepted',
    async (_how, retryAfter) => {
      const vendor = busyVendor(retryAfter);
      await using server = await serve(vendor.listener, { policy });
      const call = (id: number, ms: number) =>
        server.client.send(get(`/v1/things/${String(id)}`), scopeFor(ms));
      expect(await refusal(call(0, 1000))).toMatchObject({
        code: 'UPSTREAM_RATE_LIMITED',
        extensions: { retryAfter: 86_400 },
      });
      // Nothing is sent for a client whose deadline comes before the probe.
      expect(await refusal(call(1, 1000))).toMatchObject({
        code: 'UPSTREAM_RATE_LIMITED',
        extensions: { retryAfter: 86_400 },
      });
      vendor.accept();
      const waiting = Array.from({ length: 20 }, (_, id) => call(id, 600_000));
      await jest.advanceTimersByTimeAsync(59_999);
      expect(vendor.asked()).toBe(1);
      await jest.advanceTimersByTimeAsync(1);
      await vendor.reached;
      expect(vendor.asked()).toBe(2);
      vendor.answer();
      expect(await Promise.all(waiting)).toHaveLength(20);
      expect(vendor.asked()).toBe(21);
    },
  );

  it('tells a client whose deadline passes meanwhile when to retry', async () => {
    const vendor = busyVendor('300');
    await using server = await serve(vendor.listener, { policy });
    await refusal(server.client.send(get(), scopeFor(1000)));
    const client = new AbortController();
    const waiting = refusal(server.client.send(get(), scopeFor(120_000, client.signal)));
    await jest.advanceTimersByTimeAsync(10_000);
    client.abort(new DOMException('Too late.', 'TimeoutError'));
    expect(await waiting).toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      extensions: { retryAfter: 290 },
    });
    expect(vendor.asked()).toBe(1);
  });

  it('gets a call within a minute for a request without a deadline, too', async () => {
    const vendor = busyVendor('86400');
    await using server = await serve(vendor.listener, { policy: { maxConcurrency: 1 } });
    const endless = { signal: new AbortController().signal, trace: createCallTrace() };
    const call = server.client.send(get(), endless);
    await until('a call and its timer', () => vendor.asked() > 0 && jest.getTimerCount() > 0);
    vendor.accept();
    vendor.answer();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await call).toEqual({});
  });
});
