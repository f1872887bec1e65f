import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { changePayment, firstPayment, PAYMENT_CHANGED } from '../gateway/transports/changes.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { type Nginx, startNginx } from './start-nginx.ts';
import { describeWith } from './tools.ts';

/** Every nginx feature that could delay events. */
const BUFFERING = `
  proxy_buffering on; proxy_buffers 8 64k; proxy_request_buffering on;
  gzip on; gzip_proxied any; gzip_min_length 1; gzip_types text/event-stream multipart/mixed application/json;`;

describeWith('nginx', 'openssl')('behind nginx that buffers and compresses', () => {
  let gateway: TestGateway;
  let nginx: Nginx;
  let payment: string;
  beforeAll(async () => {
    gateway = await startTestGateway({
      environment: { TRUST_PROXY: 'loopback', PUBLIC_URL: 'https://graph.example.com' },
    });
    payment = await firstPayment(gateway);
    const { host } = new URL(gateway.url);
    nginx = await startNginx([host, host], BUFFERING);
  });
  afterAll(async () => {
    await nginx.close();
    await gateway.close();
  });

  it.each([
    ['server-sent events', 'text/event-stream', 'identity'],
    ['server-sent events, compressed', 'text/event-stream', 'gzip'],
    ["Apollo's multipart protocol", 'multipart/mixed;subscriptionSpec=1.0', 'identity'],
    ["Apollo's multipart protocol, compressed", 'multipart/mixed;subscriptionSpec=1.0', 'gzip'],
  ])('each event of %s comes before the next one is made', async (_what, accept, encoding) => {
    const call = request({
      ...nginx.tls,
      path: '/graphql',
      method: 'POST',
      headers: {
        host: 'graph.example.com',
        'content-type': 'application/json',
        accept,
        'accept-encoding': encoding,
      },
    });
    call.end(JSON.stringify({ query: PAYMENT_CHANGED, variables: { id: payment } }));
    // A cast: the event has one argument.
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    const events = countIn(decoded(response), '"kind":"UPDATED"');
    for (let count = 1; count <= 3; count += 1) {
      await changePayment(gateway, payment);
      await events.reach(count);
    }
    call.destroy();
  });

  it('each event on a WebSocket comes before the next one is made', async () => {
    const { host, port, ...tls } = nginx.tls;
    const socket = new WebSocket(`wss://${host}:${String(port)}/graphql`, 'graphql-transport-ws', {
      ...tls,
      headers: { host: 'graph.example.com', origin: 'https://graph.example.com' },
    });
    const seen: string[] = [];
    socket.on('message', (data) => seen.push((data as Buffer).toString()));
    await once(socket, 'open');
    const send = (message: object) => {
      socket.send(JSON.stringify(message));
    };
    send({ type: 'connection_init' });
    await once(socket, 'message');
    const payload = { query: PAYMENT_CHANGED, variables: { id: payment } };
    send({ id: 'live', type: 'subscribe', payload });
    const query = '{ payments(first: 1) { nodes { id } } }';
    send({ id: 'barrier', type: 'subscribe', payload: { query } });
    while (!seen.some((text) => text.includes('"complete"'))) await once(socket, 'message');
    for (let count = 1; count <= 3; count += 1) {
      await changePayment(gateway, payment);
      while (seen.filter((text) => text.includes('"kind":"UPDATED"')).length < count)
        await once(socket, 'message');
    }
    socket.terminate();
  });

  it('the upgrade of a page of another origin is refused', async () => {
    const { host, port, ...tls } = nginx.tls;
    const socket = new WebSocket(`wss://${host}:${String(port)}/graphql`, 'graphql-transport-ws', {
      ...tls,
      headers: { host: 'graph.example.com', origin: 'https://evil.example.com' },
    });
    const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [Error];
    expect(error.message).toContain('403');
  });
});

function decoded(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  // A stream that is cut off ends within a block.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  gunzip.on('error', () => undefined);
  response.on('error', () => undefined);
  return response.pipe(gunzip);
}

/** Counts how often a text has come. */
function countIn(stream: Readable, what: string) {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  stream.on('error', () => undefined);
  return {
    reach: async (count: number) => {
      while (text.split(what).length - 1 < count) await once(stream, 'data');
    },
  };
}
