import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it, jest } from '@jest/globals';
import { createMemoryState } from '../../state/memory-state.ts';
import type { CodedError } from '../../errors/coded-error.ts';
import type { Semantics } from '../../upstream/upstream-request.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';
import { get, scopeOf, serve } from './loopback.ts';

const answerWith =
  (...statuses: (number | 'reset')[]): RequestListener =>
  (_request, response: ServerResponse) => {
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    if (status === 'reset') response.socket?.resetAndDestroy();
    else response.writeHead(status ?? 200).end('{}');
  };

const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as CodedError,
  );

const write = (semantics: Semantics) =>
  ({ ...get('/v1/things'), method: 'POST', json: {}, semantics }) as const;

describe('a call that failed', () => {
  it.each([[429], [502], [503], [504], ['reset']] as const)('is retried: %s', async (status) => {
    await using server = await serve(answerWith(status, 200));
    const scope = scopeOf();
    await server.client.send(get(), scope);
    expect(scope.trace.calls).toHaveLength(2);
  });

  it.each([400, 401, 404, 500])('is not retried after %d', async (status) => {
    await using server = await serve(answerWith(status));
    const scope = scopeOf();
    await failure(server.client.send(get(), scope));
    expect(scope.trace.calls).toHaveLength(1);
  });

  it('is tried three times at most', async () => {
    await using server = await serve(answerWith(503));
    const scope = scopeOf();
    expect(await failure(server.client.send(get(), scope))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(scope.trace.calls).toHaveLength(3);
  });

  it('is not retried if Retry-After is beyond the deadline, and fails at once', async () => {
    await using server = await serve((_request, response) =>
      response.writeHead(429, { 'retry-after': '60' }).end('{}'),
    );
    const scope = scopeOf();
    expect(await failure(server.client.send(get(), scope))).toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      extensions: { retryAfter: 60 },
    });
    expect(scope.trace.calls).toHaveLength(1);
  });

  it.each([
    ['true', 400, 2],
    ['false', 503, 1],
  ])('follows the advice of the vendor: %s for %d', async (advice, status, calls) => {
    await using server = await serve(
      (_request, response) => response.writeHead(status, { 'x-advice': advice }).end('{}'),
      {
        policy: { maxConcurrency: 1, readRetryAdvice: (headers) => headers['x-advice'] === 'true' },
        resources: {
          monitor: NO_MONITOR,
          state: createMemoryState(),
          timeoutMs: Infinity,
          maxTries: 2,
          maxFailures: 10,
        },
      },
    );
    const scope = scopeOf();
    await failure(server.client.send(get(), scope));
    expect(scope.trace.calls).toHaveLength(calls);
  });

  it('is retried from a budget while the vendor is failing: one in ten calls, and ten more', async () => {
    let calls = 0;
    // A success now and then keeps the breaker closed.
    await using server = await serve((_request, response) => {
      calls += 1;
      response.writeHead(calls % 9 === 0 ? 200 : 503).end('{}');
    });
    for (let asked = 0; asked < 100; asked += 1)
      await failure(server.client.send(get(`/v1/things/${String(asked)}`), scopeOf()));
    expect(calls - 100).toBeLessThanOrEqual(20);
    expect(calls - 100).toBeGreaterThanOrEqual(15);
  });

  it("is not retried if the vendor's circuit breaker is open", async () => {
    let calls = 0;
    await using server = await serve((_request, response) => {
      calls += 1;
      response.writeHead(500).end('{}');
    });
    // Else a busy machine might take so long that the vendor is tried again.
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now());
    for (let asked = 0; asked < 30; asked += 1) {
      const error = await failure(
        server.client.send(get(`/v1/things/${String(asked)}`), scopeOf()),
      );
      expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      if (asked >= 10) expect(error?.extensions.retryAfter).toBe(1);
    }
    clock.mockRestore();
    expect(calls).toBe(10);
  });
});

describe('a write', () => {
  it('that may have taken effect is not retried, and its outcome is unknown', async () => {
    await using server = await serve(answerWith('reset', 200));
    const scope = scopeOf();
    expect(await failure(server.client.send(write('unsafe'), scope))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(scope.trace.calls).toHaveLength(1);
  });

  it('that the vendor has refused is retried', async () => {
    await using server = await serve(answerWith(429, 200));
    await expect(server.client.send(write('unsafe'), scopeOf())).resolves.toEqual({});
  });

  it('that is idempotent is retried, and its outcome is unknown only if no try got a response', async () => {
    await using lucky = await serve(answerWith('reset', 503, 200));
    await expect(lucky.client.send(write('idempotent'), scopeOf())).resolves.toEqual({});
    await using unlucky = await serve(answerWith('reset', 'reset', 'reset'));
    expect(await failure(unlucky.client.send(write('idempotent'), scopeOf()))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });

  it('that cannot reach the vendor has no effect, and reports that', async () => {
    const server = await serve(answerWith(200));
    const { client } = server;
    await server[Symbol.asyncDispose]();
    expect(await failure(client.send(write('unsafe'), scopeOf()))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it.each([500, 502])('that failed with %d may have taken effect', async (status) => {
    await using server = await serve(answerWith(status));
    expect(await failure(server.client.send(write('unsafe'), scopeOf()))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });

  it('continues when its client disconnects', async () => {
    const client = new AbortController();
    await using server = await serve((_request, response) => {
      client.abort();
      response.end('{"done":true}');
    });
    await expect(server.client.send(write('unsafe'), scopeOf(client.signal))).resolves.toEqual({
      done: true,
    });
  });

  it('is sent as a form if the vendor requires one', async () => {
    let [type, body] = ['', ''];
    await using server = await serve((request, response) => {
      type = String(request.headers['content-type']);
      request.on('data', (chunk) => (body += String(chunk))).on('end', () => response.end('{}'));
    });
    await server.client.send(
      {
        ...get('/v1/things'),
        method: 'POST',
        semantics: 'idempotent',
        form: { 'a[b]': 'c d', e: undefined, 'f[]': ['1', '2'] },
      },
      scopeOf(),
    );
    expect([type, body]).toEqual([
      'application/x-www-form-urlencoded',
      'a%5Bb%5D=c%20d&f%5B%5D=1&f%5B%5D=2',
    ]);
  });
});
