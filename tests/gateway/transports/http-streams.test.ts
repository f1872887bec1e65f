import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { changePayment, firstPayment, PAYMENT_CHANGED } from './changes.ts';
import { HttpStreamClient } from './http-stream-client.ts';

const SSE = 'text/event-stream';
const MULTIPART = 'multipart/mixed;subscriptionSpec=1.0';
const ORIGIN = 'https://shop.example.com';

let gateway: TestGateway;
let payment: string;
const clients: HttpStreamClient[] = [];
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { CORS_ORIGINS: ORIGIN } });
  payment = await firstPayment(gateway);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => gateway.close());

async function post(
  accept: string,
  body: object,
  headers: Record<string, string> = {},
  path = '/graphql',
) {
  const client = await HttpStreamClient.open(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify(body),
  });
  clients.push(client);
  return client;
}

const subscribe = (accept: string, headers?: Record<string, string>) =>
  post(accept, { query: PAYMENT_CHANGED, variables: { id: payment } }, headers);

const get = (search: Record<string, string>, headers: Record<string, string>) =>
  fetch(`${gateway.url}/graphql?${new URLSearchParams(search).toString()}`, { headers });

const QUERY = '{ payments(first: 1) { nodes { id } } }';
const errorEvent = (code: string) =>
  new RegExp(
    `^:\\n\\nevent: next\\ndata: \\{"errors":\\[\\{.*"code":"${code}".*\\}\\]\\}\\n\\nevent: complete\\ndata: \\n\\n$`,
  );

describe('a subscription by server-sent events', () => {
  it('is a stream that no proxy keeps back, compresses or stores, with the headers of any response', async () => {
    const { response } = await subscribe(SSE, {
      'x-request-id': 'mine',
      origin: ORIGIN,
      'accept-encoding': 'gzip, br',
    });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform, private, no-store',
      'x-accel-buffering': 'no',
      'x-request-id': 'mine',
      'access-control-allow-origin': ORIGIN,
      'x-content-type-options': 'nosniff',
    });
    expect(response.headers.get('content-encoding')).toBeNull();
  });

  it('begins with a comment, and has an event with a cursor as its id for each change', async () => {
    const client = await subscribe(SSE);
    expect(await client.through('\n\n')).toBe(':\n\n');
    for (let count = 0; count < 2; count += 1) {
      await changePayment(gateway, payment);
      const event = await client.through('}\n\n');
      const [, id, data] = /id: (\S+)\nevent: next\ndata: (.*)\n\n$/.exec(event) ?? [];
      expect(JSON.parse(data ?? '')).toMatchObject({
        data: { paymentChanged: { payment: { id: payment } } },
        extensions: { cursor: id },
      });
    }
  });

  it.each([SSE, MULTIPART])(
    'is refused to what a page can send without a preflight, for a client that accepts %s',
    async (accept) => {
      const byGet = await get({ query: PAYMENT_CHANGED }, { accept });
      expect(byGet.status).toBe(400);
      expect(await byGet.text()).toContain('Cross-Site Request Forgery');
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        const byPost = await post(accept, { query: PAYMENT_CHANGED }, { 'content-type': type });
        expect([type, byPost.response.status]).toEqual([type, 415]);
      }
    },
  );

  it('is served by GET with a header that needs a preflight', async () => {
    const search = { query: PAYMENT_CHANGED, variables: JSON.stringify({ id: payment }) };
    const client = await HttpStreamClient.open(
      `${gateway.url}/graphql?${new URLSearchParams(search).toString()}`,
      { headers: { accept: SSE, 'apollo-require-preflight': '1' } },
    );
    clients.push(client);
    await client.through(':\n\n');
    await changePayment(gateway, payment);
    expect(await client.through('}\n\n')).toContain('"kind":"UPDATED"');
  });

  it('has no body for HEAD, and nothing is opened', async () => {
    const search = new URLSearchParams({ query: PAYMENT_CHANGED }).toString();
    const { status, headers } = await fetch(`${gateway.url}/graphql?${search}`, {
      method: 'HEAD',
      headers: { accept: SSE, 'content-type': 'application/json' },
    });
    expect([status, headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    // RFC 9110, section 8.6: only the length that GET would have.
    expect(headers.get('content-length')).toBeNull();
  });

  it('ends with its connection for a client of HTTP/1.0, which knows no chunks', async () => {
    const body = JSON.stringify({ query: QUERY });
    const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' });
    socket.write(
      `POST /graphql HTTP/1.0\r\nhost: localhost\r\naccept: ${SSE}\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
    );
    const answer = await text(socket);
    expect(answer).toContain('event: next\ndata: {"data":{"payments":');
    expect(answer).not.toContain('transfer-encoding');
  });
});

describe('an operation that is no subscription, by server-sent events', () => {
  it('has one next event and then complete', async () => {
    const client = await post(SSE, { query: QUERY });
    expect(client.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await client.rest()).toMatch(
      /^:\n\nevent: next\ndata: \{"data":\{"payments":.*\}\}\n\nevent: complete\ndata: \n\n$/,
    );
  });

  it('is a JSON response for a client that accepts both alike', async () => {
    const { response } = await post(`application/json, ${SSE}`, { query: QUERY });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('that is a mutation is run, but not by GET', async () => {
    const query = 'mutation { createDeal(input: { title: "Live" }) { deal { title } } }';
    expect(await (await post(SSE, { query })).rest()).toContain('"title":"Live"');
    const response = await get({ query }, { accept: SSE, 'content-type': 'application/json' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('a request for server-sent events that is refused', () => {
  it.each([
    ['a syntax error', { query: '{ payments(' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a subscription that is not valid',
      { query: 'subscription { nothing }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a subscription whose variables do not fit',
      { query: 'subscription ($id: ID!) { paymentChanged(id: $id) { id } }' },
      'BAD_USER_INPUT',
    ],
    ['an unknown operation', { query: QUERY, operationName: 'B' }, 'OPERATION_RESOLUTION_FAILURE'],
  ])(
    'for %s has its errors in a next event: a status would tell an EventSource nothing',
    async (_what, body, code) => {
      const client = await post(SSE, body);
      expect(client.response.status).toBe(200);
      expect(await client.rest()).toMatch(errorEvent(code));
    },
  );

  it('for what is no GraphQL request has a status and JSON', async () => {
    for (const body of [{}, { variables: {} }, { query: 7 }]) {
      const client = await post(SSE, body);
      expect([client.response.status, client.response.headers.get('content-type')]).toEqual([
        400,
        'application/json; charset=utf-8',
      ]);
      expect(await client.rest()).toContain('"code":"BAD_REQUEST"');
    }
  });

  it('for an operation that is not valid has a status for a client that accepts JSON too', async () => {
    const client = await post(`${SSE}, application/graphql-response+json`, {
      query: '{ nothing }',
    });
    expect(client.response.status).toBe(400);
    expect(await client.rest()).toContain('GRAPHQL_VALIDATION_FAILED');
  });

  it('for a cursor that is no text says so', async () => {
    const client = await post(SSE, { query: PAYMENT_CHANGED, extensions: { resumeFrom: 7 } });
    expect(client.response.status).toBe(400);
    expect(await client.rest()).toContain('extensions.resumeFrom');
  });
});

describe("Apollo's multipart protocol", () => {
  it('has a boundary at once behind each part of a subscription', async () => {
    const client = await subscribe(MULTIPART);
    expect(client.response.headers.get('content-type')).toBe(
      'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    );
    expect(await client.through('--graphql')).toBe('\r\n--graphql');
    await changePayment(gateway, payment);
    // Heartbeats may come before it.
    const part = await client.through('}}\r\n--graphql');
    const [, json] =
      /\r\ncontent-type: application\/json\r\n\r\n(\{"payload":.*\})\r\n--graphql$/.exec(part) ??
      [];
    expect(JSON.parse(json ?? '')).toMatchObject({
      payload: {
        data: { paymentChanged: { id: payment } },
        extensions: { cursor: expect.any(String) },
      },
    });
  });

  it('has one part for a query of a client that accepts nothing else', async () => {
    const client = await post(MULTIPART, { query: '{ __typename }' });
    expect(await client.rest()).toBe(
      '\r\n--graphql\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"__typename":"Query"}}}\r\n--graphql--\r\n',
    );
  });

  it("is not used for queries of Apollo's clients, which accept JSON too", async () => {
    const { response } = await post(`${MULTIPART}, application/graphql-response+json`, {
      query: QUERY,
    });
    expect(response.headers.get('content-type')).toBe(
      'application/graphql-response+json; charset=utf-8',
    );
  });

  it('answers a subscription that is not valid with a status and JSON', async () => {
    const client = await post(`${MULTIPART}, application/graphql-response+json`, {
      query: 'subscription { nothing }',
    });
    expect(client.response.status).toBe(400);
    expect(await client.rest()).toContain('GRAPHQL_VALIDATION_FAILED');
  });
});

describe('the path of an audience', () => {
  it('is refused by each transport where that audience is not there', async () => {
    for (const accept of [SSE, MULTIPART]) {
      const client = await post(accept, { query: PAYMENT_CHANGED }, {}, '/graphql/unknown');
      expect(client.response.status).toBe(404);
    }
  });
});

describe('a request with an Upgrade header', () => {
  it.each(['h2c', 'websocket'])(
    '%s is answered as any other where it is a POST',
    async (protocol) => {
      const body = JSON.stringify({ query: '{ __typename }' });
      const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' });
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close, Upgrade\r\nupgrade: ${protocol}\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
      );
      expect(await text(socket)).toMatch(
        /^HTTP\/1\.1 200 OK[^]*\{"data":\{"__typename":"Query"\}\}\n$/,
      );
    },
  );

  it('for a WebSocket is answered as any other where it is for another path', async () => {
    const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' });
    socket.write(
      'GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close, Upgrade\r\nupgrade: websocket\r\n\r\n',
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});
