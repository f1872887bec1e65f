import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { serveSchema } from './serve-schema.ts';
import { sendOperation } from './start-gateway.ts';

const typeDefs = 'type Query { wait: String }';

describe('a server that gets SIGTERM', () => {
  it('is live and ready until then', async () => {
    const server = await serveSchema({ typeDefs, resolvers: {} });
    for (const [path, body] of Object.entries({
      live: { status: 'live' },
      ready: { status: 'ready', revision: 'first', vendors: {} },
    })) {
      const response = await fetch(`${server.url}/health/${path}`);
      expect([response.status, await response.json()]).toEqual([200, body]);
    }
    await server.close();
  });

  it('answers what is under way and takes no new connection', async () => {
    const events = new EventEmitter();
    const started = once(events, 'started');
    const wait = async () => {
      events.emit('started');
      await once(events, 'go on');
      return 'done';
    };
    const server = await serveSchema({ typeDefs, resolvers: { Query: { wait } } });

    // A connection that its client would keep.
    const response = sendOperation(server.url, { query: '{ wait }' });
    await started;

    const closed = server.close();
    while (await accepts(server.url)) continue;
    events.emit('go on');
    await closed;
    const { headers, data } = await response;
    expect([data, headers.get('connection')]).toEqual([{ wait: 'done' }, 'close']);
  });

  it('answers the requests on connections that are there when it stops listening', async () => {
    const server = await serveSchema({ typeDefs, resolvers: { Query: { wait: () => 'done' } } });
    const body = '{"query":"{ wait }"}';
    const request = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`;
    // The kernel has accepted them as soon as they are there, Node.js accepts one at a time.
    const clients = Array.from({ length: 20 }, () =>
      connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8'),
    );
    for (const client of clients) client.write(request);
    const answers = clients.map((client) => text(client).catch(String));
    const closed = server.close();
    expect(await Promise.all(answers)).toEqual(
      clients.map(() => expect.stringMatching(/^HTTP\/1\.1 200 .*"done"/s)),
    );
    await closed;
  });
});

const accepts = (url: string) =>
  new Promise<boolean>((answer) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.destroy();
      answer(true);
    });
    socket.once('error', () => {
      answer(false);
    });
  });
