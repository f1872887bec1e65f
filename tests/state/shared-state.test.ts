import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createMemoryState } from '../../state/memory-state.ts';
import { openRedisState } from '../../state/redis-state.ts';
import type { SharedState } from '../../state/shared-state.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const opened: SharedState[] = [];
afterEach(async () => {
  for (const state of opened.splice(0)) await state.close();
});

/** An instance, and its news of whether it shares. */
async function openInstance() {
  const news = new EventEmitter();
  const told: boolean[] = [];
  const state = await openRedisState({
    url: redis.url,
    onChange: (isShared) => {
      told.push(isShared);
      news.emit(String(isShared));
    },
  });
  opened.push(state);
  return { state, told, hears: (isShared: boolean) => once(news, String(isShared)) };
}

const STATES = [
  ['in memory', () => Promise.resolve(createMemoryState())],
  ['in Redis', async () => (await openInstance()).state],
] as const;

describe.each(STATES)('%s', (where, open) => {
  const key = (name: string) => `${where} ${name}`;

  it('a text is found until it is deleted', async () => {
    const { texts } = await open();
    expect(await texts.get(key('a'))).toBeNull();
    await texts.set(key('a'), 'one', 60);
    await texts.set(key('a'), 'two', 60);
    expect(await texts.get(key('a'))).toBe('two');
    await texts.delete(key('a'));
    expect(await texts.get(key('a'))).toBeNull();
  });

  it('a key is claimed by the first, and the others are told what is there', async () => {
    const { texts } = await open();
    const answers = await Promise.all(['one', 'two', 'three'].map((text) => texts.claim(key('b'), text, 60)));
    expect(answers).toEqual([null, 'one', 'one']);
  });

  it('there are as many places as the rate says, and each is free a window after it was settled', async () => {
    const { places } = await open();
    const rate = { limit: 2, windowMs: 50 };
    const [first, second, third] = [
      await places.take(key('c'), rate),
      await places.take(key('c'), rate),
      await places.take(key('c'), rate),
    ];
    expect([first, second]).toEqual([{ settle: expect.any(Function) }, { settle: expect.any(Function) }]);
    expect(third).toEqual({ waitMs: expect.any(Number) });
    if ('settle' in first) first.settle();
    let answer = await places.take(key('c'), rate);
    expect(answer).toEqual({ waitMs: expect.any(Number) });
    while ('waitMs' in answer) answer = await places.take(key('c'), rate);
    expect(answer).toEqual({ settle: expect.any(Function) });
  });

  it('a budget is spent until too little is left, and what is refused costs nothing', async () => {
    const { budgets } = await open();
    const budget = { limit: 10, windowMs: 60_000_000, atOnce: 10 };
    const spend = async (amount: number) => {
      const { isGranted, left } = await budgets.spend(key('d'), amount, budget);
      return [isGranted, Math.round(left)];
    };
    expect(await spend(6)).toEqual([true, 4]);
    expect(await spend(5)).toEqual([false, 4]);
    expect(await spend(4)).toEqual([true, 0]);
    expect(await spend(0)).toEqual([true, 0]);
    expect(await spend(1)).toEqual([false, 0]);
    const { resetMs, waitMs } = await budgets.spend(key('d'), 3, budget);
    expect([resetMs, waitMs].map((ms) => Math.round(ms / 100_000))).toEqual([600, 180]);
    expect(await budgets.spend(key('e'), 10, budget)).toMatchObject({ isGranted: true, waitMs: 0 });
  });

  it('a budget comes back evenly', async () => {
    const { budgets } = await open();
    const budget = { limit: 10, windowMs: 1000, atOnce: 2 };
    const startedAt = performance.now();
    const granted: number[] = [];
    while (granted.length < 5) if ((await budgets.spend(key('f'), 1, budget)).isGranted) granted.push(performance.now() - startedAt);
    // Two are there at once, and one more comes every 100 ms; the clocks are not read in the same moment.
    for (const [index, after] of [0, 0, 100, 200, 300].entries()) expect(granted[index]).toBeGreaterThan(after - 20);
  });

  it('a budget grants more than there is at once to who owes nothing, and has it paid back', async () => {
    const { budgets } = await open();
    const budget = { limit: 60, windowMs: 60_000, atOnce: 10 };
    const spend = (amount: number) => budgets.spend(key('g'), amount, budget);
    const large = await spend(40);
    expect([large.isGranted, large.left, Math.round(large.resetMs / 1000)]).toEqual([true, 0, 40]);
    const again = await spend(40);
    expect([again.isGranted, Math.round(again.waitMs / 1000)]).toEqual([false, 40]);
    const small = await spend(1);
    expect([small.isGranted, Math.round(small.waitMs / 1000)]).toEqual([false, 31]);
  });
});

describe('instances with one Redis', () => {
  it('know the same texts and share the places', async () => {
    const [one, other] = [(await openInstance()).state, (await openInstance()).state];
    await one.texts.set('shared', 'text', 60);
    expect(await other.texts.get('shared')).toBe('text');
    const rate = { limit: 1, windowMs: 1000 };
    expect(await one.places.take('shared', rate)).toHaveProperty('settle');
    expect(await other.places.take('shared', rate)).toHaveProperty('waitMs');
    expect(await one.budgets.spend('shared', 1, { ...rate, atOnce: 1 })).toHaveProperty('isGranted', true);
    expect(await other.budgets.spend('shared', 1, { ...rate, atOnce: 1 })).toHaveProperty('isGranted', false);
  });

  it('each go on by themselves when it is lost, say so, and share again when it is back', async () => {
    const { state, told, hears } = await openInstance();
    await state.texts.set('before', 'known', 60);
    const lost = hears(false);
    await redis.stop();
    await lost;
    expect(await state.texts.get('before')).toBe('known');
    await state.texts.set('meanwhile', 'known too', 60);
    expect(await state.places.take('meanwhile', { limit: 1, windowMs: 1000 })).toHaveProperty('settle');
    expect(await state.budgets.spend('meanwhile', 1, { limit: 1, windowMs: 1000, atOnce: 1 })).toHaveProperty('isGranted', true);
    const found = hears(true);
    await redis.start();
    await found;
    expect(told).toEqual([true, false, true]);
    // What was claimed without it is known to the others once somebody asks again.
    expect(await state.texts.claim('meanwhile', 'another', 60)).toBe('known too');
    expect(await (await openInstance()).state.texts.get('meanwhile')).toBe('known too');
  });

  it('do not wait for one that hangs', async () => {
    const { state, hears } = await openInstance();
    await state.texts.set('own', 'known', 60);
    redis.signal('SIGSTOP');
    const lost = hears(false);
    expect(await state.texts.get('own')).toBe('known');
    await lost;
    redis.signal('SIGCONT');
  });

  it('begin without it where it is not there yet', async () => {
    await redis.stop();
    const { state, told, hears } = await openInstance();
    expect(told).toEqual([false]);
    await state.texts.set('early', 'known', 60);
    expect(await state.texts.get('early')).toBe('known');
    const found = hears(true);
    await redis.start();
    await found;
  });
});
