import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenEvents } from '../../events/open-events.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { until } from '../until.ts';
import { openEventsInRedis } from './open-test-events.ts';
import { persistedAs } from './persisted-as.ts';
import { sendOperation, startTestGateway, type TestGateway } from './start-gateway.ts';

const QUERY = '{ payments(first: 3) { nodes { id status } } }';
const PERSISTED = persistedAs(QUERY);

/** The services have a Redis user of their own, which can lose its access while the gateway keeps its own. */
describe('a gateway whose services cannot read the log', () => {
  let redis: RedisServer;
  let gateway: TestGateway;
  const opened: OpenEvents[] = [];

  async function openAs(url: string): Promise<OpenEvents> {
    const events = await openEventsInRedis(url);
    opened.push(events);
    expect(await events.tail.reach((await events.log.head()).position, 30_000)).toBe(true);
    return events;
  }

  const command = (...args: string[]) => redis.run((client) => client.sendCommand(args));

  beforeAll(async () => {
    redis = await startRedis();
    await command('ACL', 'SETUSER', 'service', 'on', '>secret', '~*', '&*', '+@all');
    gateway = await startTestGateway({
      mode: 'distributed',
      // A payment is cached for a time, also while nothing is known of changes.
      environment: { PAYMENTS_CACHE: 'Payment=1h' },
      events: await openAs(redis.url),
      serviceEvents: await openAs(redis.url.replace('//', '//service:secret@')),
    });
  });
  afterAll(async () => {
    await gateway.close();
    for (const events of opened) await events.close();
    await redis.stop();
  });

  const get = async () => {
    const search = new URLSearchParams({ extensions: JSON.stringify(PERSISTED) });
    const response = await fetch(`${gateway.url}/graphql?${search.toString()}`, {
      headers: { 'content-type': 'application/json' },
    });
    const { data } = (await response.json()) as { data: unknown };
    const { headers } = response;
    return { data, tag: headers.get('etag'), cursor: headers.get('x-tributary-cursor') };
  };

  it('sends neither an entity tag nor a cursor with their cached data', async () => {
    await sendOperation(gateway.url, { query: QUERY, extensions: PERSISTED });
    // While Redis responds late, responses have no tag.
    const first = await until('a response with an entity tag', async () => {
      const response = await get();
      return response.tag !== null && response;
    });
    expect(first.cursor).not.toBeNull();

    await command('ACL', 'SETUSER', 'service', 'off');
    await command('CLIENT', 'KILL', 'USER', 'service');

    // Which changes an earlier response shows is not known, so it is read again.
    await get();
    expect(await get()).toEqual({ data: first.data, tag: null, cursor: null });
  });
});
