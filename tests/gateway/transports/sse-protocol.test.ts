import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-sse';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { type ReferenceServer, startReferenceServer } from './reference-server.ts';
import { SSE_CASES, type SseCase } from './sse-cases.ts';

let gateway: TestGateway;
let reference: ReferenceServer;
beforeAll(async () => {
  [gateway, reference] = await Promise.all([startTestGateway(), startReferenceServer()]);
});
afterAll(async () => {
  await gateway.close();
  await reference.close();
});

const SSE = 'text/event-stream';

async function send(url: string, { method = 'POST', search = {}, body, headers }: SseCase) {
  const response = await fetch(`${url}/graphql?${new URLSearchParams(search).toString()}`, {
    method,
    headers: {
      accept: SSE,
      ...(body === undefined
        ? { 'apollo-require-preflight': '1' }
        : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const { status } = response;
  const [type] = (response.headers.get('content-type') ?? '').split(';');
  const answer = await response.text();
  return {
    status,
    allow: response.headers.get('allow'),
    ...(type === SSE && { events: eventsIn(answer) }),
  };
}

/** The events of a stream, with how many errors there are and not what they say: HTML, 9.2.6 "Interpreting an event stream". */
function eventsIn(stream: string): readonly (readonly [event: string, data: unknown])[] {
  const events: (readonly [string, unknown])[] = [];
  for (const block of stream.split('\n\n')) {
    const valueOf = (name: string) =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        // One space alone.
        .replace(/^ /, '');
    const data = valueOf('data');
    if (data !== undefined)
      events.push([valueOf('event') ?? 'message', data === '' ? '' : withoutWording(data)]);
  }
  return events;
}

function withoutWording(json: string): unknown {
  const { errors, ...others } = JSON.parse(json) as { readonly errors?: readonly unknown[] };
  return { ...others, errors: errors?.length };
}

describe('as the server of graphql-sse does, the gateway answers', () => {
  it.each(SSE_CASES.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const [ours, theirs] = await Promise.all([send(gateway.url, one), send(reference.url, one)]);
    expect(ours).toEqual(theirs);
  });
});

describe('server-sent events', () => {
  const QUERY = '{ __typename }';
  const post = (body: object, headers: SseCase['headers'] = {}) =>
    send(gateway.url, { name: '', body, headers });
  const RESULT = { data: { __typename: 'Query' } };

  it.each([
    'text/event-stream',
    'Text/Event-Stream',
    'text/event-stream; charset=utf-8',
    'text/event-stream;q=0.5',
    'text/event-stream, application/json;q=0.9',
    'application/json;q=0.9, text/event-stream',
    'text/html, text/event-stream',
  ])('are the response to a query with Accept: %s', async (accept) => {
    const { status, events } = await post({ query: QUERY }, { accept });
    expect({ status, events }).toEqual({
      status: 200,
      events: [
        ['next', RESULT],
        ['complete', ''],
      ],
    });
  });

  it.each([
    'application/json, text/event-stream',
    'text/event-stream, application/json',
    'text/event-stream, */*',
    'text/event-stream;q=0, application/json',
    'text/event-streams, application/json',
    '*/*',
    'text/*, application/json',
  ])('are not the response to a query with Accept: %s', async (accept) => {
    expect(await post({ query: QUERY }, { accept })).toEqual({ status: 200, allow: null });
  });

  it('cannot be the response of a client that takes none of what there is', async () => {
    for (const accept of ['text/event-stream;q=0', 'text/event-streams', 'text/html'])
      expect((await post({ query: QUERY }, { accept })).status).toBe(406);
  });

  it('report a text that cannot be parsed in a next event, as they do with what is not valid', async () => {
    expect(await post({ query: '{ a' })).toMatchObject({
      status: 200,
      events: [
        ['next', { errors: 1 }],
        ['complete', ''],
      ],
    });
  });

  it('refuse a Last-Event-ID that is no cursor, and an empty one counts as absent', async () => {
    const query = 'subscription { nothing }';
    expect((await post({ query }, { 'last-event-id': '' })).status).toBe(200);
    const refused = await post(
      { query: 'subscription { paymentChanged { id } }' },
      { 'last-event-id': 'nonsense' },
    );
    expect(refused).toMatchObject({
      status: 200,
      events: [
        ['next', { errors: 1 }],
        ['complete', ''],
      ],
    });
  });

  it('leave their connection usable after complete', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (const body of [{ query: QUERY }, { query: '{ nothing }' }, { query: QUERY }]) {
      const sent = request(`${gateway.url}/graphql`, {
        agent,
        method: 'POST',
        headers: { accept: SSE, 'content-type': 'application/json' },
      });
      sent.end(JSON.stringify(body));
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      ports.add(response.socket.localPort);
      expect(await text(response)).toMatch(/event: complete\ndata: \n\n$/);
    }
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  it.each(['PUT', 'DELETE', 'PATCH'])(
    'are not reserved ahead: %s, as the single connection mode has it, is refused',
    async (method) => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method,
        headers: { 'x-graphql-event-stream-token': 'token' },
      });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, HEAD']);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }],
      });
    },
  );

  it('are refused clearly to a client of graphql-sse in its single connection mode', async () => {
    const client = createClient({
      url: `${gateway.url}/graphql`,
      singleConnection: true,
      retryAttempts: 0,
    });
    await expect(client.iterate({ query: QUERY }).next()).rejects.toThrow('405');
    client.dispose();
  });
});
