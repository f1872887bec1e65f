import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { CodedError } from '../../errors/coded-error.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { gate, get, scopeOf, SECRET, serve, serveSocket } from './loopback.ts';

const failure = async (promise: Promise<unknown>): Promise<UpstreamError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UpstreamError) return error;
  throw new Error('There should be an error of the upstream.', { cause: error });
};

describe('a call', () => {
  it('sends the query, the credential and JSON', async () => {
    const seen: unknown[] = [];
    await using server = await serve((request, response) => {
      void (async () => {
        const chunks = await request.toArray();
        seen.push([
          request.method,
          request.url,
          request.headers['authorization'],
          request.headers['content-type'],
          request.headers['x-extra'],
          chunks.join(''),
        ]);
        response.setHeader('content-type', 'application/json').end('{"ok":true}');
      })();
    });
    expect(
      await server.client.send(
        get('/v1/things', { query: { q: 'ä &', tags: ['a', 'b'], none: undefined, n: 5 } }),
        scopeOf(),
      ),
    ).toEqual({ ok: true });
    await server.client.send(
      { ...get(), method: 'POST', json: { a: [1] }, headers: { 'x-extra': 'yes' } },
      scopeOf(),
    );
    expect(seen).toEqual([
      [
        'GET',
        '/v1/things?q=%C3%A4%20%26&tags=a&tags=b&n=5',
        `Bearer ${SECRET}`,
        undefined,
        undefined,
        '',
      ],
      ['POST', '/v1/things', `Bearer ${SECRET}`, 'application/json', 'yes', '{"a":[1]}'],
    ]);
  });

  it('reuses connections', async () => {
    await using server = await serve((_request, response) => response.end('{}'));
    for (let call = 0; call < 20; call += 1) await server.client.send(get(), scopeOf());
    // A call that comes while the pool still puts the last connection back opens a second one.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('goes below the path of a base URL, with or without a slash at its end', async () => {
    for (const prefix of ['/proxy/crm', '/proxy/crm/']) {
      await using server = await serve(
        (request, response) => response.end(JSON.stringify(request.url)),
        { prefix },
      );
      expect(await server.client.send(get('/v1/{id}', { params: { id: 'a/b' } }), scopeOf())).toBe(
        '/proxy/crm/v1/a%2Fb',
      );
    }
  });

  it('returns the raw bytes of a download', async () => {
    const bytes = Buffer.from([0, 255, 137]);
    await using server = await serve((_request, response) =>
      response.setHeader('content-type', 'image/png').end(bytes),
    );
    expect(await server.client.download(get(), scopeOf())).toEqual({
      contentType: 'image/png',
      body: bytes,
      freshSeconds: 0,
    });
  });

  it('returns null for a 404, and an error for other failures', async () => {
    const statuses = [404, 500];
    await using server = await serve((_request, response) =>
      response.writeHead(statuses.shift() ?? 200).end('{}'),
    );
    expect(await server.client.find(get(), scopeOf())).toBeNull();
    expect(await failure(server.client.find(get(), scopeOf()))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });
});

describe('the maximum of concurrent calls', () => {
  it('is not exceeded, and all calls are made', async () => {
    let [now, most] = [0, 0];
    const third = gate();
    await using server = await serve(
      (_request, response) => {
        now += 1;
        most = Math.max(most, now);
        if (now === 3) third.open();
        void third.opened.then(() => {
          setImmediate(() => {
            now -= 1;
            response.end('{}');
          });
        });
      },
      { policy: { maxConcurrency: 3 } },
    );
    const calls = Array.from({ length: 20 }, (_, index) =>
      server.client.send(get('/v1/{id}', { params: { id: String(index) } }), scopeOf()),
    );
    expect(await Promise.all(calls)).toHaveLength(20);
    expect(most).toBe(3);
    expect(server.connections()).toBe(3);
  });

  it('is shared by clients in turns, however many calls of each wait', async () => {
    const asked: string[] = [];
    const first = gate();
    await using server = await serve(
      (request, response) => {
        asked.push(request.url ?? '');
        void first.opened.then(() => response.end('{}'));
      },
      { policy: { maxConcurrency: 1 } },
    );
    const call = (id: string, clientKey: string) =>
      server.client.send(get('/{id}', { params: { id } }), { ...scopeOf(), clientKey });
    const calls = [
      ...['a', 'b', 'c', 'd'].map((id) => call(id, 'greedy')),
      ...['x', 'y'].map((id) => call(id, 'modest')),
    ];
    first.open();
    await Promise.all(calls);
    expect(asked).toEqual(['/a', '/b', '/x', '/c', '/y', '/d']);
  });

  it('does not keep a waiting call beyond its deadline', async () => {
    await using server = await serve(() => undefined, { policy: { maxConcurrency: 1 } });
    const deadline = new AbortController();
    const calls = ['a', 'b', 'c'].map((id) =>
      failure(server.client.send(get('/{id}', { params: { id } }), scopeOf(deadline.signal))),
    );
    setImmediate(() => {
      deadline.abort();
    });
    for (const error of await Promise.all(calls)) expect(error.code).toBe('UPSTREAM_TIMEOUT');
  });
});

describe('the deadline', () => {
  it.each(['GET', 'POST'] as const)('ends a %s to a server that never answers', async (method) => {
    const reached = gate();
    await using server = await serve(reached.open);
    const deadline = new AbortController();
    const failed = failure(server.client.send({ ...get(), method }, scopeOf(deadline.signal)));
    await reached.opened;
    deadline.abort();
    expect(await failed).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      extensions: { retryable: true, service: 'crm' },
    });
  });

  it('ends a call whose body never ends', async () => {
    const begun = gate();
    await using server = await serve(
      (_request, response) => void response.writeHead(200).write('{', begun.open),
    );
    const deadline = new AbortController();
    const failed = failure(server.client.send(get(), scopeOf(deadline.signal)));
    await begun.opened;
    deadline.abort();
    expect(await failed).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });

  it('closes the connection of a cancelled call, so that the server can stop too', async () => {
    const reached = gate();
    const torn = gate();
    await using server = await serve((request) => {
      request.socket.once('close', torn.open);
      reached.open();
    });
    const deadline = new AbortController();
    const failed = failure(server.client.send(get(), scopeOf(deadline.signal)));
    await reached.opened;
    deadline.abort();
    expect((await failed).code).toBe('UPSTREAM_TIMEOUT');
    await torn.opened;
  });

  it.each(['GET', 'POST'] as const)(
    'that has passed prevents any %s, and none is counted',
    async (method) => {
      let calls = 0;
      await using server = await serve(() => void (calls += 1));
      const scope = scopeOf(AbortSignal.abort());
      expect(await failure(server.client.send({ ...get(), method }, scope))).toMatchObject({
        code: 'UPSTREAM_TIMEOUT',
      });
      expect([calls, server.connections(), scope.trace.calls]).toEqual([0, 0, []]);
    },
  );
});

describe('a vendor that cannot be reached', () => {
  it('before the headers of a response is UPSTREAM_UNAVAILABLE', async () => {
    await using server = await serveSocket((socket) =>
      socket.once('data', () => socket.resetAndDestroy()),
    );
    const scope = scopeOf();
    expect(await failure(server.client.send(get(), scope))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(scope.trace.calls).toMatchObject([{ status: null }, { status: null }, { status: null }]);
  });

  it.each([
    [
      'reset',
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":',
      true,
    ],
    [
      'cut off',
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":',
      false,
    ],
    [
      'cut off inside a chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n{"a":',
      false,
    ],
    [
      'cut off between chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n',
      false,
    ],
  ])('after the headers, its body %s, is UPSTREAM_UNAVAILABLE', async (_how, text, reset) => {
    await using server = await serveSocket((socket) =>
      socket.once('data', () =>
        socket.write(text, () => (reset ? socket.resetAndDestroy() : socket.end())),
      ),
    );
    const scope = scopeOf();
    expect(await failure(server.client.send(get(), scope))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(scope.trace.calls).toHaveLength(3);
  });

  it('at a closed port is UPSTREAM_UNAVAILABLE', async () => {
    const server = await serve(() => undefined);
    const { client } = server;
    await server[Symbol.asyncDispose]();
    expect(await failure(client.send(get(), scopeOf()))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('is called again when it is back', async () => {
    let broken = true;
    await using server = await serve((request, response) =>
      broken ? request.socket.destroy() : response.end('1'),
    );
    await failure(server.client.send(get(), scopeOf()));
    broken = false;
    expect(await server.client.send(get(), scopeOf())).toBe(1);
  });

  it('speaks no HTTP: UPSTREAM_UNAVAILABLE', async () => {
    await using server = await serveSocket((socket) =>
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')),
    );
    expect(await failure(server.client.send(get(), scopeOf()))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });
});

describe('a response', () => {
  it.each([
    [301, 'UPSTREAM_CONTRACT'],
    [400, 'UPSTREAM_REJECTED'],
    [401, 'UPSTREAM_AUTH'],
    [403, 'UPSTREAM_AUTH'],
    [404, 'UPSTREAM_REJECTED'],
    [408, 'UPSTREAM_UNAVAILABLE'],
    [409, 'UPSTREAM_REJECTED'],
    [429, 'UPSTREAM_RATE_LIMITED'],
    [500, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
  ])('with status %d is %s, for a download too', async (status, code) => {
    await using server = await serve((_request, response) =>
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('{}'),
    );
    expect(await failure(server.client.send(get(), scopeOf()))).toMatchObject({ code, status });
    expect(await failure(server.client.download(get(), scopeOf()))).toMatchObject({ code, status });
  });

  it.each(['', '<html>', '{"a":', '\u0000'])(
    'that is not JSON (%j) is UPSTREAM_CONTRACT',
    async (body) => {
      await using server = await serve((_request, response) => response.end(body));
      const read = (value: unknown) => {
        if (value === undefined) throw new Error('expected an object');
        return value;
      };
      expect(await failure(server.client.send(get('/', { read }), scopeOf()))).toMatchObject({
        code: 'UPSTREAM_CONTRACT',
        status: 200,
      });
    },
  );

  it('that the parser refuses is UPSTREAM_CONTRACT, with the reason for operators only', async () => {
    await using server = await serve((_request, response) => response.end('{"secret":"value"}'));
    const reason = new Error('id: expected string');
    const read = () => {
      throw reason;
    };
    const error = await failure(server.client.send(get('/', { read }), scopeOf()));
    expect(error).toMatchObject({ code: 'UPSTREAM_CONTRACT', cause: reason });
    expect(error.message).not.toContain('id:');
  });

  it('that exceeds the maximum size is UPSTREAM_UNAVAILABLE', async () => {
    await using server = await serve((_request, response) =>
      response.end(Buffer.alloc(10_000_000, 32)),
    );
    expect(await failure(server.client.send(get(), scopeOf()))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('may have its error in the body, with any status', async () => {
    const own = new CodedError('BAD_USER_INPUT', 'No such list.');
    const bodies = ['{"status":"wrong"}', '{"status":"own"}', '{"status":"ok"}', 'no JSON'];
    await using server = await serve((_request, response) => response.end(bodies.shift()), {
      explain: ({ body }) => {
        const { status } = (body ?? {}) as { status?: string };
        return status === 'wrong' ? 'UPSTREAM_REJECTED' : status === 'own' ? own : undefined;
      },
    });
    expect(await failure(server.client.send(get(), scopeOf()))).toMatchObject({
      code: 'UPSTREAM_REJECTED',
      status: 200,
    });
    await expect(server.client.send(get(), scopeOf())).rejects.toBe(own);
    expect(await server.client.send(get(), scopeOf())).toEqual({ status: 'ok' });
  });
});

describe('a shared call of identical GETs', () => {
  it('serves concurrent ones, but not different or later ones', async () => {
    const urls: string[] = [];
    const release = gate();
    await using server = await serve((request, response) => {
      urls.push(
        `${String(request.method)} ${String(request.url)} ${String(request.headers['x-version'])}`,
      );
      void release.opened.then(() => response.end(JSON.stringify(urls.length)));
    });
    const { client } = server;
    const scopes = [scopeOf(), scopeOf()] as const;
    const calls = [
      client.send(get('/a'), scopes[0]),
      client.send(get('/a'), scopes[1]),
      client.send(get('/a', { query: { x: 1 } }), scopeOf()),
      client.send(get('/a', { headers: { 'x-version': '2' } }), scopeOf()),
      client.send({ ...get('/a'), method: 'POST' }, scopeOf()),
      client.send({ ...get('/a'), method: 'POST' }, scopeOf()),
    ];
    release.open();
    await Promise.all(calls);
    await client.send(get('/a'), scopeOf());
    const shared = 'GET /a undefined';
    expect(urls.toSorted()).toEqual([
      'GET /a 2',
      shared,
      shared,
      'GET /a?x=1 undefined',
      'POST /a undefined',
      'POST /a undefined',
    ]);
    expect(scopes.map(({ trace }) => trace.calls.length)).toEqual([1, 0]);
  });

  it('gives each client a response of its own', async () => {
    await using server = await serve((_request, response) => response.end('{"n":1}'));
    const read = (key: string) => (body: unknown) => ({ [key]: body });
    const both = ['x', 'y'].map((key) =>
      server.client.send(get('/a', { read: read(key) }), scopeOf()),
    );
    expect(await Promise.all(both)).toEqual([{ x: { n: 1 } }, { y: { n: 1 } }]);
  });

  it('continues when one client disconnects', async () => {
    const [reached, release] = [gate(), gate()];
    let calls = 0;
    await using server = await serve((_request, response) => {
      calls += 1;
      reached.open();
      void release.opened.then(() => response.end('"here"'));
    });
    const leaver = new AbortController();
    const left = failure(server.client.send(get(), scopeOf(leaver.signal)));
    const stays = server.client.send(get(), scopeOf());
    await reached.opened;
    leaver.abort();
    expect((await left).code).toBe('UPSTREAM_TIMEOUT');
    release.open();
    expect(await stays).toBe('here');
    expect(calls).toBe(1);
  });

  it('is cancelled when all clients have disconnected, and a later client gets a new call', async () => {
    const reached = [gate(), gate()];
    const torn = gate();
    let calls = 0;
    await using server = await serve((request, response) => {
      reached[calls]?.open();
      calls += 1;
      if (calls === 1) request.socket.once('close', torn.open);
      else response.end('"second"');
    });
    const leavers = [new AbortController(), new AbortController()];
    const left = leavers.map(({ signal }) => failure(server.client.send(get(), scopeOf(signal))));
    await reached[0]?.opened;
    for (const leaver of leavers) leaver.abort();
    expect((await Promise.all(left)).map(({ code }) => code)).toEqual([
      'UPSTREAM_TIMEOUT',
      'UPSTREAM_TIMEOUT',
    ]);
    expect(await server.client.send(get(), scopeOf())).toBe('second');
    await torn.opened;
    expect(calls).toBe(2);
  });

  it('serves a client that joins at the moment in which the last one disconnects', async () => {
    const [reached, release] = [gate(), gate()];
    await using server = await serve((_request, response) => {
      reached.open();
      void release.opened.then(() => response.end('"here"'));
    });
    const leaver = new AbortController();
    const left = failure(server.client.send(get(), scopeOf(leaver.signal)));
    await reached.opened;
    leaver.abort();
    const next = server.client.send(get(), scopeOf());
    release.open();
    expect(await next).toBe('here');
    expect((await left).code).toBe('UPSTREAM_TIMEOUT');
  });

  it('fails for all clients if it fails', async () => {
    let calls = 0;
    await using server = await serve((_request, response) => {
      calls += 1;
      response.writeHead(500).end();
    });
    const both = await Promise.all([
      failure(server.client.send(get(), scopeOf())),
      failure(server.client.send(get(), scopeOf())),
    ]);
    expect([both.map(({ code }) => code), calls]).toEqual([
      ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
      1,
    ]);
  });
});

describe('the trace', () => {
  it("has the vendor's reason for single reads, and none for batches and writes", async () => {
    const reason = 'This vendor has no batch read';
    await using server = await serve((_request, response) => response.writeHead(200).end('{}'), {
      policy: { maxConcurrency: 10, noBatchReason: reason },
    });
    const scope = scopeOf();
    await server.client.send(get('/v1/things'), scope);
    await server.client.send(get('/v1/things', { batchSize: 3 }), scope);
    await server.client.send(
      { ...get('/v1/things'), method: 'POST', semantics: 'idempotent', json: {} },
      scope,
    );
    expect(scope.trace.calls.map(({ noBatchReason }) => noBatchReason)).toEqual([
      reason,
      undefined,
      undefined,
    ]);
  });

  it('reports each call without its values', async () => {
    await using server = await serve((_request, response) => response.writeHead(201).end('{}'));
    const scope = scopeOf();
    const request = get('/v1/things/{id}', {
      params: { id: 'private' },
      query: { email: 'private@example.com' },
      batchSize: 3,
    });
    await server.client.send(request, scope);
    await server.client.send(
      { ...get('/v1/things'), method: 'POST', json: { email: 'private' } },
      scope,
    );
    const times = { startMs: expect.any(Number), ms: expect.any(Number) };
    expect(scope.trace.calls).toEqual([
      {
        service: 'crm',
        vendor: 'hubspot',
        method: 'GET',
        path: '/v1/things/{id}',
        status: 201,
        batchSize: 3,
        ...times,
      },
      {
        service: 'crm',
        vendor: 'hubspot',
        method: 'POST',
        path: '/v1/things',
        status: 201,
        batchSize: null,
        ...times,
      },
    ]);
    const [first, second] = scope.trace.calls;
    expect(second?.startMs).toBeGreaterThanOrEqual(
      (first?.startMs ?? NaN) + (first?.ms ?? NaN) - 0.2,
    );
    expect(JSON.stringify(scope.trace.calls)).not.toMatch(/private|127\.0\.0\.1|secret/);
  });

  it('reports failed calls too', async () => {
    await using server = await serve((_request, response) => response.writeHead(503).end());
    const scope = scopeOf();
    await failure(server.client.send(get(), scope));
    expect(scope.trace.calls).toMatchObject([{ status: 503 }, { status: 503 }, { status: 503 }]);
  });
});

describe('an error', () => {
  it('shows no URL, body, header or credential to a client', async () => {
    const bodies = ['{"message":"secret words about sk_secret_of_this_test"}'];
    await using server = await serve((_request, response) =>
      response.writeHead(500).end(bodies[0]),
    );
    const request = get('/v1/{id}', { params: { id: 'private' }, query: { key: SECRET } });
    const error = await failure(server.client.send(request, scopeOf()));
    expect(error.message).toBe('The CRM cannot be reached or failed. Try again later.');
    expect(JSON.stringify([error.message, error.extensions])).not.toMatch(
      /secret|private|127\.0\.0\.1|Bearer/,
    );
    expect(error.extensions).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
      service: 'crm',
    });
  });
});

describe('closing', () => {
  it('ends the connections and the pending calls', async () => {
    const reached = gate();
    await using server = await serve((request) => {
      reached.open();
      void once(request.socket, 'close');
    });
    const failed = failure(server.client.send(get(), scopeOf()));
    await reached.opened;
    await server.client.close();
    expect((await failed).code).toBe('UPSTREAM_UNAVAILABLE');
  });
});
