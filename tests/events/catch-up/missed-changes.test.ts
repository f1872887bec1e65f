import { beforeEach, describe, expect, it } from '@jest/globals';
import { NotStored } from '../../../events/log/change-log.ts';
import { type Instance, logged, pass, share, type Shared, startInstance } from './instances.ts';
import { changeOf, eventOf, MINUTE, SECOND, TestVendor } from './vendor-with-events.ts';

let shared: Shared;
beforeEach(() => {
  shared = share();
});

const reportsOf = (...of: readonly Instance[]) => of.flatMap(({ reports }) => reports);

describe('the count of missed changes', () => {
  it('includes the changes of a catch-up that failed half way, once', async () => {
    const vendor = new TestVendor();
    const instance = await startInstance(shared, [vendor]);
    instance.catchUps.isHealthy('acme');
    await pass(shared, 70 * SECOND, instance);
    vendor.changes = ['1', '2', '3'].map((id) => changeOf(id, shared.time));
    [vendor.failure, vendor.failsAfter] = [new Error('down'), 2];
    await pass(shared, 3 * MINUTE, instance);
    expect(await logged(shared)).toEqual(['1 catch-up', '2 catch-up']);
    expect(instance.catchUps.isHealthy('acme')).toBe(false);
    instance.reports.length = 0;
    vendor.failure = undefined;
    await pass(shared, 3 * MINUTE, instance);

    expect(instance.reports).toContain('acme stored 1 missed 3');
    expect(instance.reports.filter((line) => !line.endsWith('missed 0'))).toHaveLength(1);
    expect(instance.catchUps.isHealthy('acme')).toBe(true);
  });

  it('includes the changes of an instance that crashed half way, on the instance that continues', async () => {
    const [failing, working] = [new TestVendor(), new TestVendor()];
    const first = await startInstance(shared, [failing]);
    first.catchUps.isHealthy('acme');
    await pass(shared, 70 * SECOND, first);
    failing.changes = working.changes = ['1', '2'].map((id) => changeOf(id, shared.time));
    failing.failure = new Error('killed');
    failing.failsAfter = 2;
    await pass(shared, 2 * MINUTE, first);
    expect(await logged(shared)).toEqual(['1 catch-up', '2 catch-up']);
    const second = await startInstance(shared, [working]);
    second.catchUps.isHealthy('acme');

    expect(reportsOf(second)).toEqual(['acme stored 0 missed 2']);
    expect(second.catchUps.isHealthy('acme')).toBe(false);
    // The other instance does not count them again.
    failing.failure = undefined;
    await pass(shared, 10 * MINUTE, first, second);
    expect(reportsOf(first, second).filter((line) => /missed [1-9]/.test(line))).toHaveLength(1);
    expect([first, second].map(({ catchUps }) => catchUps.isHealthy('acme'))).toEqual([true, true]);
  });

  it('includes changes whose storage was not confirmed', async () => {
    const vendor = new TestVendor();
    const instance = await startInstance(shared, [vendor]);
    instance.catchUps.isHealthy('acme');
    await pass(shared, 70 * SECOND, instance);
    vendor.changes = [changeOf('1', shared.time)];
    const append = shared.log.append.bind(shared.log);
    let unconfirmed = 0;
    shared.log.append = async (events) => {
      const results = await append(events);
      if (events.some(({ changes }) => changes.some(({ source }) => source === 'catch-up')))
        if ((unconfirmed += 1) === 1) throw new NotStored('No confirmation.');
      return results;
    };
    await pass(shared, 4 * MINUTE, instance);

    expect(unconfirmed).toBeGreaterThan(1);
    expect(instance.reports).toContain('acme failed NotStored');
    expect(instance.reports).toContain('acme stored 0 missed 1');
  });

  it('excludes a change whose webhook was stored just before the overlap', async () => {
    const vendor = new TestVendor({ sameChangeMs: 2 * SECOND });
    const instance = await startInstance(shared, [vendor]);
    instance.catchUps.isHealthy('acme');
    const at = shared.time + 30 * SECOND;
    await pass(shared, 29 * SECOND, instance);
    await shared.log.append([
      eventOf(changeOf('1', at - SECOND, { source: 'webhook' }), 'webhook'),
    ]);
    vendor.changes = [changeOf('1', at)];
    for (let second = 0; second < 10 * 60; second += 10) {
      // The log grows, so that each catch-up begins near its end.
      const other = changeOf(`other ${String(second)}`, shared.time, { source: 'webhook' });
      await shared.log.append([eventOf(other)]);
      await pass(shared, 10 * SECOND, instance);
    }

    expect(await logged(shared)).not.toContain('1 catch-up');
  });
});

describe('the health of a vendor', () => {
  it('is bad on every instance once an unfinished catch-up has found a missed change', async () => {
    const vendor = new TestVendor();
    const [first, second] = [
      await startInstance(shared, [vendor]),
      await startInstance(shared, []),
    ];
    const health = () => [first, second].map(({ catchUps }) => catchUps.isHealthy('acme'));
    health();
    await pass(shared, 70 * SECOND, first, second);
    expect(health()).toEqual([true, true]);
    vendor.changes = [changeOf('1', shared.time)];
    [vendor.failure, vendor.failsAfter] = [new Error('down'), 1];
    while (!(await logged(shared)).includes('1 catch-up')) await pass(shared, 5 * SECOND, first);
    await second.settle();

    expect(health()).toEqual([false, false]);
  });
});
