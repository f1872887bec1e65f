import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Instance, logged, pass, share, type Shared, startInstance } from './instances.ts';
import { changeOf, HOUR, MINUTE, SECOND, TestVendor } from './vendor-with-events.ts';

let shared: Shared;
let vendor: TestVendor;
let instance: Instance;

beforeEach(async () => {
  shared = share();
  vendor = new TestVendor();
  instance = await startInstance(shared, [vendor]);
  instance.catchUps.isHealthy('acme');
  await pass(shared, 10 * MINUTE, instance);
  expect(instance.catchUps.isHealthy('acme')).toBe(true);
});

const isHealthy = () => instance.catchUps.isHealthy('acme');

describe.each([
  ['an hour', HOUR],
  ['a year', 365 * 24 * HOUR],
])('a shared clock that is set back by %s', (_, setBackMs) => {
  it('delays no catch-up', async () => {
    shared.setBackMs = setBackMs;
    vendor.minutes.length = 0;
    await pass(shared, 5 * MINUTE, instance);

    expect(vendor.minutes).toEqual([10, 11, 12, 13, 14]);
    expect(isHealthy()).toBe(true);
  });

  it('does not hide a missed change', async () => {
    shared.setBackMs = setBackMs;
    await pass(shared, 10 * SECOND, instance);
    vendor.changes = [changeOf('1', shared.time - shared.setBackMs)];
    await pass(shared, 2 * MINUTE + 5 * SECOND, instance);

    expect(await logged(shared)).toEqual(['1 catch-up']);
    expect(isHealthy()).toBe(false);
  });

  it('does not extend how long a catch-up counts', async () => {
    shared.setBackMs = setBackMs;
    vendor.failure = new Error('down');
    await pass(shared, 150 * SECOND, instance);

    expect(isHealthy()).toBe(false);
  });
});
