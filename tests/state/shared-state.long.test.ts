import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
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
  const states: boolean[] = [];
  const state = await openRedisState({
    url: redis.url,
    onChange: (isShared) => {
      states.push(isShared);
      news.emit(String(isShared));
    },
  });
  opened.push(state);
  return { state, states, receives: (isShared: boolean) => once(news, String(isShared)) };
}

const STATES = [
  ['in memory', () => Promise.resolve(createMemoryState())],
  ['in Redis', async () => (await openInstance()).state],
] as const;

describe.each(STATES)('%s', (where, open) => {
  const key = (name: string) => `${where} ${name}`;

  it('a text is found until it is deleted', async () => {
    const { keyValues } = await open();
    expect(await keyValues.get(key('a'))).toBeNull();
    await keyValues.set(key('a'), 'one', 60);
    await keyValues.set(key('a'), 'two', 60);
    expect(await keyValues.get(key('a'))).toBe('two');
    await keyValues.delete(key('a'));
    expect(await keyValues.get(key('a'))).toBeNull();
  });

  it('a key is claimed by the first, and the others get its value', async () => {
    const { keyValues } = await open();
    const responses = await Promise.all(
      ['one', 'two', 'three'].map((text) => keyValues.claim(key('b'), text, 60)),
    );
    expect(responses).toEqual([null, 'one', 'one']);
  });

  it('there are as many rate-limit slots as the rate says, and each is free a window after its call ended', async () => {
    const { slots } = await open();
    const takeThree = async (name: string, windowMs: number) => {
      const take = () => slots.take(key(name), { limit: 2, windowMs });
      const [first, second, third] = [await take(), await take(), await take()];
      expect([first, second]).toEqual([
        { settle: expect.any(Function) },
        { settle: expect.any(Function) },
      ]);
      expect(third).toEqual({ waitMs: expect.any(Number) });
      if ('settle' in first) first.settle();
      return take;
    };
    const takeLater = await takeThree('long', 600_000);
    const refused = await takeLater();
    expect('waitMs' in refused && Math.ceil(refused.waitMs / 600_000)).toBe(1);
    const takeSoon = await takeThree('short', 50);
    let answer = await takeSoon();
    while ('waitMs' in answer) answer = await takeSoon();
    expect(answer).toEqual({ settle: expect.any(Function) });
  });

  it('a budget is spent until too little is left, and what is refused costs nothing', async () => {
    const { budgets } = await open();
    const budget = { limit: 10, windowMs: 60_000_000, burst: 10 };
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
    // Two are there at once, and one more comes every 1000 s.
    const slow = { limit: 10, windowMs: 10_000_000, burst: 2 };
    const spend = (amount: number) => budgets.spend(key('slow'), amount, slow);
    expect([(await spend(1)).isGranted, (await spend(1)).isGranted]).toEqual([true, true]);
    const waits = [await spend(1), await spend(2)].map(({ isGranted, waitMs }) => [
      isGranted,
      Math.ceil(waitMs / 1_000_000),
    ]);
    expect(waits).toEqual([
      [false, 1],
      [false, 2],
    ]);
    const fast = { limit: 10, windowMs: 100, burst: 2 };
    let granted = 0;
    while (granted < 5) if ((await budgets.spend(key('fast'), 1, fast)).isGranted) granted += 1;
    expect(granted).toBe(5);
  });

  it('a budget grants more than there is at once to who owes nothing, and has it paid back', async () => {
    const { budgets } = await open();
    const budget = { limit: 60, windowMs: 60_000_000, burst: 10 };
    const spend = (amount: number) => budgets.spend(key('g'), amount, budget);
    const large = await spend(40);
    expect([large.isGranted, large.left, Math.round(large.resetMs / 1_000_000)]).toEqual([
      true,
      0,
      40,
    ]);
    const again = await spend(40);
    expect([again.isGranted, Math.round(again.waitMs / 1_000_000)]).toEqual([false, 40]);
    const small = await spend(1);
    expect([small.isGranted, Math.round(small.waitMs / 1_000_000)]).toEqual([false, 31]);
  });

  it('a version stays the same until it is renewed, and none comes twice', async () => {
    const { responses } = await open();
    const seen = [await responses.version(key('h')), await responses.version(key('h'))];
    expect(seen[0]).toBe(seen[1]);
    expect(await responses.version(key('i'))).not.toBe(seen[0]);
    for (let change = 0; change < 3; change += 1) {
      const version = await responses.renewVersion(key('h'));
      expect(seen).not.toContain(version);
      expect(await responses.version(key('h'))).toBe(version);
      seen.push(version);
    }
  });
});

describe('instances with one Redis', () => {
  it('know the same texts and share the places', async () => {
    const [one, other] = [(await openInstance()).state, (await openInstance()).state];
    await one.keyValues.set('shared', 'text', 60);
    expect(await other.keyValues.get('shared')).toBe('text');
    const rate = { limit: 1, windowMs: 600_000 };
    expect(await one.slots.take('shared', rate)).toHaveProperty('settle');
    expect(await other.slots.take('shared', rate)).toHaveProperty('waitMs');
    expect(await one.budgets.spend('shared', 1, { ...rate, burst: 1 })).toHaveProperty(
      'isGranted',
      true,
    );
    expect(await other.budgets.spend('shared', 1, { ...rate, burst: 1 })).toHaveProperty(
      'isGranted',
      false,
    );
  });

  it('each go on by themselves when it is lost, say so, and share again when it is back', async () => {
    const { state, states, receives } = await openInstance();
    await state.keyValues.set('before', 'known', 60);
    const lost = receives(false);
    await redis.stop();
    await lost;
    expect(await state.keyValues.get('before')).toBe('known');
    await state.keyValues.set('meanwhile', 'known too', 60);
    expect(await state.slots.take('meanwhile', { limit: 1, windowMs: 1000 })).toHaveProperty(
      'settle',
    );
    expect(
      await state.budgets.spend('meanwhile', 1, { limit: 1, windowMs: 1000, burst: 1 }),
    ).toHaveProperty('isGranted', true);
    const found = receives(true);
    await redis.start();
    await found;
    expect(states).toEqual([true, false, true]);
    // A claim made without it becomes known to the others with the next request.
    expect(await state.keyValues.claim('meanwhile', 'another', 60)).toBe('known too');
    expect(await (await openInstance()).state.keyValues.get('meanwhile')).toBe('known too');
  });

  it('know the same time and the same versions, whatever their own clocks say', async () => {
    const [one, other] = [(await openInstance()).state, (await openInstance()).state];
    const now = Date.now();
    const first = await one.keyValues.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 300_000);
    const second = await other.responses.now();
    clock.mockReturnValue(now - 300_000);
    const third = await one.responses.now();
    clock.mockRestore();
    expect([first, second, third].toSorted((a, b) => a - b)).toEqual([first, second, third]);
    expect(await other.responses.version('things')).toBe(await one.responses.version('things'));
    const renewed = await other.responses.renewVersion('things');
    expect(await one.responses.version('things')).toBe(renewed);
  });

  it('take no version for the present one that was replaced before Redis forgot it', async () => {
    const [one, other] = [
      (await openInstance()).state.responses,
      (await openInstance()).state.responses,
    ];
    const old = [
      await one.version('forgotten'),
      await other.version('forgotten'),
      await one.renewVersion('forgotten'),
    ];
    await redis.run((client) => client.flushAll());
    const version = await other.version('forgotten');
    expect(old).not.toContain(version);
    expect(await one.version('forgotten')).toBe(version);
  });

  it('learn of changes that were made elsewhere while Redis was lost', async () => {
    const [one, other] = [await openInstance(), await openInstance()];
    const before = await one.state.responses.version('changed meanwhile');
    expect(await other.state.responses.version('changed meanwhile')).toBe(before);
    const lost = [one.receives(false), other.receives(false)];
    await redis.stop();
    await Promise.all(lost);
    const own = await one.state.responses.renewVersion('changed meanwhile');
    expect(await one.state.responses.version('changed meanwhile')).toBe(own);
    expect(await other.state.responses.version('changed meanwhile')).toBe(before);
    const found = [one.receives(true), other.receives(true)];
    await redis.start();
    await Promise.all(found);
    const after = await other.state.responses.version('changed meanwhile');
    expect([before, own]).not.toContain(after);
    expect(await one.state.responses.version('changed meanwhile')).toBe(
      await other.state.responses.version('changed meanwhile'),
    );
  });

  it('publish a change that was made without it as soon as they are connected again', async () => {
    const [one, other] = [await openInstance(), await openInstance()];
    const before = await one.state.responses.version('changed alone');
    expect(await other.state.responses.version('changed alone')).toBe(before);
    const lost = one.receives(false);
    const own = await one.state.redis?.run((link) => link.clientId());
    await redis.run((client) => client.sendCommand(['CLIENT', 'KILL', 'ID', String(own)]));
    await lost;
    const found = one.receives(true);
    const alone = await one.state.responses.renewVersion('changed alone');
    await found;
    const burst = await Promise.all(
      [1, 2, 3].map(() => one.state.responses.version('changed alone')),
    );
    expect(new Set(burst).size).toBe(1);
    let version = await other.state.responses.version('changed alone');
    while (version === before) version = await other.state.responses.version('changed alone');
    expect(await one.state.responses.version('changed alone')).toBe(version);
    expect(version).not.toBe(alone);
  });

  it('do not take it for lost where they were held up themselves, and had no time to read its answer', async () => {
    const { state, states } = await openInstance();
    await state.keyValues.set('read late', 'known', 60);
    const answer = state.keyValues.get('read late');
    const until = performance.now() + 600;
    while (performance.now() < until);
    expect(await answer).toBe('known');
    expect(states).toEqual([true]);
  });

  it('do not wait for one that hangs', async () => {
    const { state, receives } = await openInstance();
    await state.keyValues.set('own', 'known', 60);
    redis.signal('SIGSTOP');
    const lost = receives(false);
    expect(await state.keyValues.get('own')).toBe('known');
    await lost;
    redis.signal('SIGCONT');
  });

  it('begin without it where it is not there yet', async () => {
    await redis.stop();
    const { state, states, receives } = await openInstance();
    expect(states).toEqual([false]);
    await state.keyValues.set('early', 'known', 60);
    expect(await state.keyValues.get('early')).toBe('known');
    const found = receives(true);
    await redis.start();
    await found;
  });
});
