import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { GraphRequest } from '../../gateway/operation/graph.ts';
import { type ServedSchema, serveSchema } from './serve-schema.ts';
import { bearer, startTokenIssuer } from './access/token-issuer.ts';
import { sendOperation } from './start-gateway.ts';

let server: ServedSchema | undefined;
afterEach(() => server?.close());

/** Serves one field that waits until its request ends, and records the reason. */
async function serveWaiting(environment = {}) {
  const events = new EventEmitter();
  const started = once(events, 'started');
  // What is emitted comes as a list.
  const ended = once(events, 'ended').then(([reason]) => reason as Error);
  const wait = async (_root: unknown, _arguments: unknown, { scope: { signal } }: GraphRequest) => {
    events.emit('started');
    if (!signal.aborted) await once(signal, 'abort');
    events.emit('ended', signal.reason);
    return (signal.reason as Error).name;
  };
  server = await serveSchema({
    typeDefs: 'type Query { wait: String }',
    resolvers: { Query: { wait } },
    environment,
  });
  return { url: server.url, started, ended };
}

describe('the deadline of a request', () => {
  it('is REQUEST_TIMEOUT_MS, after which the answer comes', async () => {
    const { url } = await serveWaiting({ REQUEST_TIMEOUT_MS: '50' });
    const startedAt = performance.now();
    expect((await sendOperation(url, { query: '{ wait }' })).data).toEqual({
      wait: 'TimeoutError',
    });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(49);
  });

  it('is shorter if the client requests that', async () => {
    const { url } = await serveWaiting();
    expect(
      (await sendOperation(url, { query: '{ wait }' }, { 'x-tributary-deadline-ms': '20' })).data,
    ).toEqual({ wait: 'TimeoutError' });
  });

  it.each(['1000000', '-1', 'soon'])('is not changed by an invalid header: %s', async (asked) => {
    const { url } = await serveWaiting({ REQUEST_TIMEOUT_MS: '50' });
    const { data } = await sendOperation(
      url,
      { query: '{ wait }' },
      { 'x-tributary-deadline-ms': asked },
    );
    expect(data).toEqual({ wait: 'TimeoutError' });
  });

  it('ends at once when the client disconnects', async () => {
    const { url, started, ended } = await serveWaiting();
    const body = '{"query":"{ wait }"}';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
    );
    await started;
    socket.destroy();
    expect((await ended).name).toBe('AbortError');
  });

  it('has ended if the client disconnects before its token is checked', async () => {
    const issuer = await startTokenIssuer();
    const { asked, release } = issuer.hold();
    const { url, ended } = await serveWaiting(issuer.environment);
    const { authorization = '' } = bearer(await issuer.token());
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      `GET /graphql?query={wait} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nauthorization: ${authorization}\r\n\r\n`,
    );
    await asked;
    socket.destroy();
    while (server?.log.some((line) => line.includes('"msg":"abandoned"')) !== true)
      await new Promise(setImmediate);
    release();
    expect((await ended).name).toBe('AbortError');
    await issuer.close();
  });
});
