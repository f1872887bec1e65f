import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { serveSchema } from './serve-schema.ts';
import { ask } from './start-gateway.ts';

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
    const response = ask(server.url, { query: '{ wait }' });
    await started;

    const closed = server.close();
    await expect(ask(server.url, { query: '{ wait }' })).rejects.toThrow('fetch failed');
    events.emit('go on');
    await closed;
    const { headers, data } = await response;
    expect([data, headers.get('connection')]).toEqual([{ wait: 'done' }, 'close']);
  });
});
