import { createClient } from '@redis/client';
import { afterEach, expect, it } from '@jest/globals';
import { formatCursor } from '../../../events/log/cursor.ts';
import { LogTail } from '../../../events/log/log-tail.ts';
import { openRedisLog } from '../../events/log/logs.ts';
import { startRedis } from '../../state/redis-server.ts';
import { serveStreams, settled } from './served-streams.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('a stream from a log that this instance has not noticed yet waits for it, and misses nothing', async () => {
  const server = await startRedis();
  closing.push(() => server.stop());
  const log = await openRedisLog(server);
  closing.push(() => log.close());
  const tail = new LogTail({ log, rebuildMs: 900_000 });
  tail.start();
  closing.push(() => tail.close());
  const served = await serveStreams({ events: { log, tail, close: () => tail.close() } });
  closing.push(() => served.close());
  await served.append({});
  await tail.reach((await log.head()).position, 10_000);
  const redis = createClient({ url: server.url });
  await redis.connect();
  closing.push(() => {
    redis.destroy();
  });
  await redis.flushAll();
  // The tail waits for entries of the old log.
  const resumeFrom = formatCursor(await log.head());
  await redis.configResetStat();
  const { sink } = await served.open({ resumeFrom });
  for (let trip = 0; trip < 200; trip += 1) await redis.ping();
  const [, reads = '0'] = /^cmdstat_eval:calls=(\d+)/m.exec(await redis.info('commandstats')) ?? [];
  expect(Number(reads)).toBeGreaterThan(0);
  expect(Number(reads)).toBeLessThan(5);
  await served.append({ id: '2' });
  const head = await log.head();
  await tail.reach(head.position, 10_000, head.log);
  while (sink.payloads.length === 0) {
    served.clock.advance(1000);
    await settled();
  }
  expect(sink.summary).toEqual(['2 UPDATED']);
});
