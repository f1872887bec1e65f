import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RedisLog } from '../../../events/log/redis/redis-log.ts';
import { isCaughtUp, replayPage } from '../../../gateway/graphql/streams/log-replay.ts';
import { eventOf } from '../../events/changes.ts';
import { openRedisLog } from '../../events/log/logs.ts';
import { type RedisServer, startRedis } from '../../state/redis-server.ts';

let redis: RedisServer;
let log: RedisLog;
beforeAll(async () => {
  redis = await startRedis();
  log = await openRedisLog(redis);
});
afterAll(async () => {
  await log.close();
  await redis.stop();
});

it('reads the entries after a whole page of entries that this version cannot parse', async () => {
  await log.append([eventOf('first')]);
  const start = await log.head();
  await redis.run(async (client) => {
    for (let count = 0; count < 600; count += 1)
      await client.xAdd('{tributary:events}:stream', '*', { change: 'of another version' });
  });
  await log.append([eventOf('last')]);

  const ids: string[] = [];
  let { position } = start;
  for (;;) {
    const page = await replayPage(log, { log: start.log, position });
    ids.push(...page.entries.map(({ change }) => change.id));
    if (isCaughtUp(page, undefined)) break;
    position = page.through;
  }
  expect(ids).toEqual(['last']);
});
