import { afterEach, describe, expect, it } from '@jest/globals';
import { CacheInvalidation } from '../../events/cache-invalidation.ts';
import type { ChangeLog } from '../../events/log/change-log.ts';
import { LogTail } from '../../events/log/log-tail.ts';
import { createMemoryLog } from '../../events/log/memory-log.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';

const opened: LogTail[] = [];
afterEach(async () => {
  for (const tail of opened.splice(0)) await tail.close();
});

function open(log: ChangeLog) {
  const tail = new LogTail({ log, rebuildMs: 900_000 });
  opened.push(tail);
  const invalidation = new CacheInvalidation({ log, tail, rebuildMs: 900_000 });
  return { tail, invalidation };
}

const createLog = () => createMemoryLog({ retentionMs: 3_600_000 });
const scopeOf = (over: Partial<RequestScope> = {}): RequestScope => ({
  signal: new AbortController().signal,
  trace: createCallTrace(),
  ...over,
});

describe('the position of the log for a request', () => {
  it('is known at once if the log is empty', async () => {
    const log = createLog();
    const { tail, invalidation } = open(log);
    tail.start();
    expect(await invalidation.placeOf(scopeOf())).toEqual({
      log: (await log.head()).log,
      position: { ms: 0, seq: 0 },
      time: expect.any(Number),
    });
  });

  it('is read once for all calls of a client request, whose scopes differ', async () => {
    const log = createLog();
    let heads = 0;
    const { tail, invalidation } = open({
      ...log,
      head: () => {
        heads += 1;
        return log.head();
      },
    });
    tail.start();
    await tail.reach({ ms: 0, seq: 0 }, 30_000);
    const before = heads;
    const scope = scopeOf();
    const places = await Promise.all(
      [scope, { ...scope, deadlineAt: 1 }].map((one) => invalidation.placeOf(one)),
    );
    expect(places[1]).toBe(places[0]);
    expect(heads - before).toBe(1);
  });

  it('is the one that another process has read for the request', async () => {
    const log = createLog();
    const { tail, invalidation } = open(log);
    tail.start();
    const logPlace = { log: (await log.head()).log, position: { ms: 0, seq: 0 }, time: 7 };
    expect(await invalidation.placeOf(scopeOf({ logPlace }))).toEqual(logPlace);
    const other = { ...logPlace, log: 'other' };
    expect(await invalidation.placeOf(scopeOf({ logPlace: other }))).toBeUndefined();
  });

  it('is unknown until the changes up to it are received', async () => {
    const { invalidation } = open(createLog());
    expect(await invalidation.placeOf(scopeOf())).toBeUndefined();
  });
});

describe('the events of a vendor', () => {
  it('count as unhealthy until the health of the vendor is known', () => {
    const { invalidation } = open(createLog());
    expect(invalidation.isHealthy('hubspot')).toBe(false);
    invalidation.trust({ isHealthy: (vendor) => vendor === 'hubspot' });
    expect([invalidation.isHealthy('hubspot'), invalidation.isHealthy('stripe')]).toEqual([
      true,
      false,
    ]);
  });
});
