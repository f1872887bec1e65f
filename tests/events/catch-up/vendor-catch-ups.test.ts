import { beforeEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '../../../events/log/change-log.ts';
import { until } from '../../until.ts';
import { logged, pass, share, type Shared, startInstance } from './instances.ts';
import { changeOf, eventOf, HOUR, MINUTE, SECOND, T0, TestVendor } from './vendor-with-events.ts';

let shared: Shared;
beforeEach(() => {
  shared = share();
});

const start = (...args: [readonly TestVendor[], Parameters<typeof startInstance>[2]?]) =>
  startInstance(shared, ...args);

/** Stores a change as a webhook does. */
const arrive = (id: string, at: number, key?: string) =>
  shared.log.append([eventOf(changeOf(id, at, { source: 'webhook' }), key)]);

describe('catching up with a vendor', () => {
  it('begins now at the first start, and later at the start of the last catch-up, with five minutes of overlap', async () => {
    const vendor = new TestVendor();
    const first = await start([vendor]);
    await first.close();
    shared.time += 2 * HOUR;
    await start([vendor]);

    expect(vendor.requestedSince).toEqual([T0, T0 - 5 * MINUTE]);
  });

  it('begins at the end of the log if there is no record of a catch-up', async () => {
    await arrive('1', T0);
    shared.time += HOUR;
    const vendor = new TestVendor();
    await start([vendor]);

    expect(vendor.requestedSince).toEqual([T0 - 5 * MINUTE]);
  });

  it('begins at its first attempt if that one failed, also if the log has events of another vendor since', async () => {
    const vendor = new TestVendor();
    vendor.failure = new Error('down');
    const instance = await start([vendor]);
    await pass(shared, 20 * MINUTE, instance);
    await shared.log.append([eventOf(changeOf('late', shared.time, { vendor: 'other' }))]);
    vendor.failure = undefined;
    vendor.requestedSince.length = 0;
    await pass(shared, 20 * MINUTE, instance);

    expect(vendor.requestedSince[0]).toBe(T0 - 5 * MINUTE);
  });

  it('begins at the last completed one of any instance if its record is lost, also if the first attempt failed', async () => {
    const vendor = new TestVendor();
    vendor.failure = new Error('down');
    const instance = await start([vendor]);
    shared.time += 2 * HOUR;
    await start([new TestVendor()]);
    await instance.settle();
    await shared.keyValues.delete('events:caught-up:acme');
    vendor.failure = undefined;
    vendor.requestedSince.length = 0;
    shared.time += HOUR;
    await instance.settle();

    expect(vendor.requestedSince).toEqual([T0 + 2 * HOUR - 5 * MINUTE]);
  });

  it('reads at most 30 days back', async () => {
    await arrive('1', T0);
    shared.time += 40 * 24 * HOUR;
    const vendor = new TestVendor();
    await start([vendor]);

    expect(vendor.requestedSince).toEqual([shared.time - 30 * 24 * HOUR]);
  });

  it('runs at start, again a minute later, and then every hour', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    await pass(shared, 2 * HOUR + 5 * MINUTE, instance);

    expect(vendor.minutes).toEqual([0, 1, 61, 121]);
  });

  it('runs every minute while a cache reads the health of the vendor, and later every hour again', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    await pass(shared, 10 * MINUTE, instance);
    for (let minute = 0; minute < 3; minute += 1) {
      instance.catchUps.isHealthy('acme');
      await pass(shared, MINUTE, instance);
    }
    expect(vendor.minutes).toEqual([0, 1, 10, 11, 12]);
  });

  it.each([
    ['every 30 seconds with EVENTS_POLL_SECONDS=30', 30 * SECOND, 4],
    ['never if it is not set', undefined, 0],
  ])('runs %s for a vendor without webhooks', async (_, pollMs, times) => {
    const vendor = new TestVendor({ hasWebhooks: false });
    const instance = await start([vendor], { pollMs });
    await pass(shared, 89 * SECOND, instance);

    expect(vendor.requestedSince).toHaveLength(times);
    expect(instance.catchUps.isHealthy('acme')).toBe(false);
  });

  it('stores each change that the log lacks, once', async () => {
    const vendor = new TestVendor({ hasWebhooks: false });
    vendor.changes = [changeOf('1', T0 + SECOND), changeOf('2', T0 + MINUTE)];
    const instance = await start([vendor], { pollMs: 10 * SECOND });
    await pass(shared, 3 * MINUTE, instance);

    expect(await logged(shared)).toEqual(['1 catch-up', '2 catch-up']);
  });

  it('leaves changes younger than a minute to webhooks', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    instance.catchUps.isHealthy('acme');
    vendor.changes = [changeOf('1', T0 + 50 * SECOND)];
    await pass(shared, MINUTE + 20 * SECOND, instance);
    expect(await logged(shared)).toEqual([]);
    await pass(shared, 2 * MINUTE, instance);

    expect(await logged(shared)).toEqual(['1 catch-up']);
  });

  it('counts a change as reported if a webhook of the record has that time and the vendor does not identify its changes', async () => {
    const vendor = new TestVendor({ sameChangeMs: 2 * SECOND });
    const instance = await start([vendor]);
    instance.catchUps.isHealthy('acme');
    await arrive('1', T0 + 9 * SECOND, 'webhook of 1');
    await arrive('2', T0 + 5 * SECOND, 'webhook of 2');
    vendor.changes = ['1', '2'].map((id) => changeOf(id, T0 + 10 * SECOND));
    await pass(shared, 3 * MINUTE, instance);

    expect(await logged(shared)).toEqual(['1 webhook', '2 webhook', '2 catch-up']);
    expect(instance.reports).toContain('acme stored 1 missed 1');
  });

  it('runs after refused webhooks, once searches can find their changes, at most once a minute', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    await pass(shared, 10 * MINUTE, instance);
    for (let second = 0; second < 120; second += 5) {
      instance.catchUps.catchUpSoon('acme');
      await pass(shared, 5 * SECOND, instance);
    }
    await pass(shared, 10 * MINUTE, instance);

    expect(vendor.minutes).toEqual([0, 1, 11, 12, 13]);
  });

  it('runs once for webhooks that several instances have refused', async () => {
    const vendor = new TestVendor();
    const all = [await start([vendor]), await start([vendor]), await start([vendor])];
    await pass(shared, 10 * MINUTE, ...all);
    vendor.minutes.length = 0;
    for (const { catchUps } of all) catchUps.catchUpSoon('acme');
    await pass(shared, 10 * MINUTE, ...all);

    expect(vendor.minutes).toEqual([11]);
  });

  it('runs after a refused webhook, also if the shared clock was set back meanwhile', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    await pass(shared, 10 * MINUTE, instance);
    vendor.minutes.length = 0;
    instance.catchUps.catchUpSoon('acme');
    shared.setBackMs = HOUR;
    await pass(shared, 10 * MINUTE, instance);

    // At once, because the last one is of the future, and as announced.
    expect(vendor.minutes).toEqual([10, 11]);
  });

  it('follows a lost event within two minutes, and the vendor stays healthy', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    await pass(shared, 10 * MINUTE, instance);
    for (let count = 0; count < 10; count += 1) instance.catchUps.catchUpSoon('acme');
    await pass(shared, 2 * MINUTE, instance);

    expect(vendor.minutes).toEqual([0, 1, 11]);
    expect(instance.catchUps.isHealthy('acme')).toBe(true);
  });

  it('is retried after each failure with a growing delay, and reported', async () => {
    const vendor = new TestVendor();
    vendor.failure = new LogUnavailable();
    const instance = await start([vendor]);
    await pass(shared, 4 * MINUTE, instance);
    expect(instance.reports).toEqual(Array(4).fill('acme failed LogUnavailable'));
    vendor.failure = undefined;
    await pass(shared, 4 * MINUTE, instance);

    expect(instance.reports.slice(4)).toEqual(['acme stored 0 missed 0']);
  });

  it('runs on one instance at a time', async () => {
    const vendor = new TestVendor();
    let release: () => void = () => undefined;
    vendor.held = new Promise((resolve) => {
      release = resolve;
    });
    const starting = [start([vendor]), start([vendor])];
    await expect(Promise.race(starting.map((one) => one.then(() => 'second')))).resolves.toBe(
      'second',
    );
    expect(vendor.requestedSince).toHaveLength(1);
    release();
    await Promise.all(starting);
  });

  it('has no time limit while pages arrive', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    vendor.changes = Array.from({ length: 20 }, (_, index) => changeOf(String(index), T0));
    vendor.onPage = async () => {
      shared.time += 5 * MINUTE;
      await instance.catchUps.tick();
    };
    shared.time += 2 * MINUTE;
    await instance.catchUps.tick();
    await instance.catchUps.settled();

    expect(instance.reports.at(-1)).toBe('acme stored 20 missed 20');
  });

  it('is aborted if no page arrives for nine minutes, and retried', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    vendor.held = new Promise(() => undefined);
    const before = vendor.requestedSince.length;
    shared.time += 2 * MINUTE;
    await instance.catchUps.tick();
    await until('a request to the vendor', () => vendor.requestedSince.length > before);
    shared.time += 9 * MINUTE;
    await instance.catchUps.tick();
    shared.time += 5 * SECOND;
    await instance.catchUps.tick();
    await instance.catchUps.settled();
    expect(instance.reports.at(-1)).toBe('acme failed TimeoutError');
    vendor.held = Promise.resolve();
    await pass(shared, MINUTE, instance);

    expect(instance.reports.at(-1)).toBe('acme stored 0 missed 0');
  });

  it('is taken over half a minute after its process has crashed', async () => {
    const { keyValues } = shared;
    const claims: number[] = [];
    for (const name of ['claim', 'set'] as const) {
      const write = keyValues[name].bind(keyValues);
      keyValues[name] = ((key: string, text: string, seconds: number) => {
        if (key.includes('catching-up')) claims.push(seconds);
        return write(key, text, seconds);
      }) as typeof keyValues.claim & typeof keyValues.set;
    }
    const vendor = new TestVendor();
    let release: () => void = () => undefined;
    const instance = await start([vendor]);
    vendor.held = new Promise((resolve) => {
      release = resolve;
    });
    shared.time += 2 * MINUTE;
    claims.length = 0;
    await instance.catchUps.tick();
    shared.time += 5 * SECOND;
    await instance.catchUps.tick();

    expect(claims).toEqual([30, 30]);
    release();
    await instance.catchUps.settled();
  });
});

describe('the health of a vendor', () => {
  it('is good on every instance once a catch-up has found no missed change', async () => {
    const vendor = new TestVendor();
    const [first, second, gateway] = [
      await start([vendor]),
      await start([vendor]),
      await start([]),
    ];
    const health = () => [first, second, gateway].map(({ catchUps }) => catchUps.isHealthy('acme'));
    // The health is unknown at the first read.
    health();
    await pass(shared, 5 * SECOND, first, second, gateway);

    expect(health()).toEqual([true, true, true]);
    expect(first.catchUps.isHealthy('other')).toBe(false);
  });

  it('is bad on every instance after a missed change, and good again after a catch-up without one', async () => {
    const vendor = new TestVendor();
    const [first, second] = [await start([vendor]), await start([vendor])];
    const health = () => [first, second].map(({ catchUps }) => catchUps.isHealthy('acme'));
    health();
    await pass(shared, 30 * SECOND, first, second);
    expect(health()).toEqual([true, true]);
    vendor.changes = [changeOf('1', shared.time)];
    await pass(shared, 2 * MINUTE + 5 * SECOND, first, second);
    expect(health()).toEqual([false, false]);
    await pass(shared, MINUTE + 5 * SECOND, first, second);

    expect(health()).toEqual([true, true]);
  });

  it('is bad on an instance without the adapter that reads it only after an unfinished catch-up', async () => {
    const vendor = new TestVendor();
    const [service, gateway] = [await start([vendor]), await start([])];
    service.catchUps.isHealthy('acme');
    await pass(shared, 30 * SECOND, service, gateway);
    expect(service.catchUps.isHealthy('acme')).toBe(true);
    vendor.changes = [changeOf('1', shared.time)];
    vendor.failure = new Error('down');
    vendor.failsAfter = 1;
    // The record of the catch-up before is still valid.
    await pass(shared, MINUTE + 25 * SECOND, service, gateway);
    expect(service.catchUps.isHealthy('acme')).toBe(false);
    gateway.catchUps.isHealthy('acme');
    await gateway.settle();

    expect(gateway.catchUps.isHealthy('acme')).toBe(false);
  });

  it('stays good while webhooks report all changes', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    vendor.changes = [changeOf('1', T0 + 10 * SECOND)];
    await arrive('1', T0 + 10 * SECOND);
    const seen = new Set<boolean>();
    for (let minute = 0; minute < 10; minute += 1) {
      await pass(shared, MINUTE, instance);
      seen.add(instance.catchUps.isHealthy('acme'));
    }

    expect([...seen]).toEqual([true]);
  });

  it('is bad if no catch-up succeeds within its interval and a minute', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    instance.catchUps.isHealthy('acme');
    await pass(shared, 90 * SECOND, instance);
    expect(instance.catchUps.isHealthy('acme')).toBe(true);
    vendor.failure = new Error('down');
    await pass(shared, 150 * SECOND, instance);

    expect(instance.catchUps.isHealthy('acme')).toBe(false);
  });

  it('is bad two minutes after a change whose webhook was refused', async () => {
    const vendor = new TestVendor();
    const [first, second] = [await start([vendor]), await start([vendor])];
    const health = () => [first, second].map(({ catchUps }) => catchUps.isHealthy('acme'));
    health();
    await pass(shared, 10 * MINUTE, first, second);
    vendor.changes = [changeOf('1', shared.time)];
    first.catchUps.catchUpSoon('acme');
    expect(health()).toEqual([true, true]);
    await pass(shared, 2 * MINUTE, first, second);

    expect(health()).toEqual([false, false]);
  });

  it('stays good while webhooks are refused and no change is missed: anyone can forge them', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    await pass(shared, 2 * MINUTE, instance);
    const seen = new Set<boolean>();
    for (let second = 0; second < 600; second += 5) {
      for (let count = 0; count < 10; count += 1) instance.catchUps.catchUpSoon('acme');
      await pass(shared, 5 * SECOND, instance);
      seen.add(instance.catchUps.isHealthy('acme'));
    }

    expect([...seen]).toEqual([true]);
  });

  it('reports how long no catch-up has succeeded, also if none ever has', async () => {
    const vendor = new TestVendor();
    vendor.failure = new Error('down');
    const instance = await start([vendor]);
    await pass(shared, 3 * HOUR, instance);

    expect(instance.catchUps.statuses).toMatchObject([
      { isHealthy: false, caughtUpMsAgo: 3 * HOUR },
    ]);
  });

  it('reports the newest event, and the age of the last catch-up', async () => {
    const vendor = new TestVendor();
    const instance = await start([vendor]);
    await pass(shared, 5 * MINUTE, instance);
    await arrive('1', T0 + 4 * MINUTE);
    await arrive('2', T0 + 3 * MINUTE);
    await instance.settle();

    expect(instance.catchUps.statuses).toEqual([
      {
        vendor: 'acme',
        isHealthy: true,
        newestAt: T0 + 4 * MINUTE,
        caughtUpMsAgo: 225 * SECOND,
      },
    ]);
  });
});
