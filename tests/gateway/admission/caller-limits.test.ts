import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import {
  ANONYMOUS_CALLER,
  type Caller,
  type CallerLimits as Limits,
} from '../../../request/caller.ts';
import { CallerLimits } from '../../../gateway/admission/caller-limits.ts';
import { networkOf } from '../../../request/network-address.ts';
import { createMemoryBudgets } from '../../../state/memory-budgets.ts';
import { openRedisState } from '../../../state/redis-state.ts';
import type { SharedState } from '../../../state/shared-state.ts';
import { type RedisServer, startRedis } from '../../state/redis-server.ts';

const create = (defaults: Limits) => new CallerLimits(defaults, createMemoryBudgets());

const keyOwner = (id: string, limits?: Limits): Caller => ({
  ...ANONYMOUS_CALLER,
  id: `key:${id}`,
  isAuthenticated: true,
  ...(limits && { limits }),
});

/** Lets a request in and ends it. */
async function ask(limits: CallerLimits, caller: Caller, { address = '192.0.2.1', cost = 1 } = {}) {
  const admission = limits.admit(caller, address);
  if (admission === undefined) return { outcome: 'unlimited', headers: {} };
  try {
    await admission.enter();
    await admission.charge(cost);
    return { outcome: 'answered', headers: admission.headers() };
  } catch (error) {
    return { outcome: (error as { code: string }).code, headers: admission.headers() };
  } finally {
    admission.leave();
  }
}

const outcomes = async (asking: readonly Promise<{ outcome: string }>[]) =>
  (await Promise.all(asking)).map(({ outcome }) => outcome);

describe('a caller that is not limited', () => {
  it('is not counted', () => {
    expect(create({}).admit(ANONYMOUS_CALLER, '192.0.2.1')).toBeUndefined();
  });
});

describe('requests in a minute', () => {
  it('are refused beyond the limit, and responses contain the remaining budget', async () => {
    const limits = create({ requestsPerMinute: 2 });
    const answers = [
      await ask(limits, ANONYMOUS_CALLER),
      await ask(limits, ANONYMOUS_CALLER),
      await ask(limits, ANONYMOUS_CALLER),
    ];
    const policy = { 'ratelimit-policy': '"requests";q=2;w=60' };
    expect(answers).toEqual([
      {
        outcome: 'answered',
        headers: { ...policy, ratelimit: expect.stringMatching(/^"requests";r=1;t=30$/) },
      },
      {
        outcome: 'answered',
        headers: { ...policy, ratelimit: expect.stringMatching(/^"requests";r=0;t=(60|59)$/) },
      },
      {
        outcome: 'RATE_LIMITED',
        headers: {
          ...policy,
          ratelimit: expect.stringMatching(/^"requests";r=0;t=(60|59)$/),
          'retry-after': expect.stringMatching(/^(30|29)$/),
        },
      },
    ]);
  });

  it('have a burst of a sixth, and then refill evenly', async () => {
    const limits = create({ requestsPerMinute: 600 });
    const all = await Promise.all(Array.from({ length: 200 }, () => ask(limits, ANONYMOUS_CALLER)));
    const answered = all.filter(({ outcome }) => outcome === 'answered').length;
    // Those that have come back meanwhile are among them.
    expect(answered).toBeGreaterThanOrEqual(100);
    expect(answered).toBeLessThan(120);
    expect(all.at(-1)?.headers).toMatchObject({ 'retry-after': '1' });
  });

  it('are counted for each caller, and without a credential for each address', async () => {
    const limits = create({ requestsPerMinute: 1 });
    const callers = [
      () => ask(limits, ANONYMOUS_CALLER),
      () => ask(limits, ANONYMOUS_CALLER, { address: '192.0.2.2' }),
      () => ask(limits, keyOwner('a')),
      () => ask(limits, keyOwner('b')),
    ];
    expect(await outcomes(callers.map((one) => one()))).toEqual(Array(4).fill('answered'));
    expect(await outcomes(callers.map((one) => one()))).toEqual(Array(4).fill('RATE_LIMITED'));
  });

  it("are counted by the caller's own limit, if it has one", async () => {
    const limits = create({ requestsPerMinute: 1 });
    const [rich, free] = [
      keyOwner('rich', { requestsPerMinute: 3 }),
      keyOwner('poor', { costPerMinute: 9 }),
    ];
    expect(await outcomes([1, 2, 3, 4].map(() => ask(limits, rich)))).toEqual([
      'answered',
      'answered',
      'answered',
      'RATE_LIMITED',
    ]);
    expect(await outcomes([1, 2].map(() => ask(limits, free)))).toEqual([
      'answered',
      'RATE_LIMITED',
    ]);
    expect((await ask(create({}), keyOwner('c', { requestsPerMinute: 1 }))).outcome).toBe(
      'answered',
    );
  });
});

describe('the cost in a minute', () => {
  it('is refused beyond the limit, while a cheaper operation is still allowed', async () => {
    const limits = create({ costPerMinute: 10 });
    expect(await ask(limits, ANONYMOUS_CALLER, { cost: 7 })).toEqual({
      outcome: 'answered',
      headers: {
        'ratelimit-policy': '"cost";q=10;w=60;qu="tributary-cost"',
        ratelimit: expect.stringMatching(/^"cost";r=3;t=4[12]$/),
      },
    });
    expect(await ask(limits, ANONYMOUS_CALLER, { cost: 4 })).toMatchObject({
      outcome: 'RATE_LIMITED',
      headers: { 'retry-after': expect.any(String) },
    });
    expect(await ask(limits, ANONYMOUS_CALLER, { cost: 3 })).toMatchObject({ outcome: 'answered' });
  });

  it('refuses an operation that costs more than the limit of a minute', async () => {
    const { outcome, headers } = await ask(create({ costPerMinute: 10 }), ANONYMOUS_CALLER, {
      cost: 11,
    });
    expect([outcome, headers]).toEqual(['OPERATION_TOO_COMPLEX', {}]);
  });

  it('must be refilled before the next response after an overdraft', async () => {
    const limits = create({ costPerMinute: 600, requestsPerMinute: 600 });
    expect((await ask(limits, ANONYMOUS_CALLER, { cost: 300 })).outcome).toBe('answered');
    const admission = limits.admit(ANONYMOUS_CALLER, '192.0.2.1');
    await expect(admission?.enter()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      extensions: { retryAfter: 20 },
    });
    expect(admission?.headers()).toMatchObject({
      'retry-after': '20',
      ratelimit: '"cost";r=0;t=30',
    });
    // It is not counted among the caller's requests.
    expect((await ask(limits, keyOwner('other'), { cost: 100 })).headers['ratelimit']).toMatch(
      /^"requests";r=99;t=\d+, "cost";r=0;t=10$/,
    );
    expect((await ask(limits, keyOwner('other'), { cost: 0 })).outcome).toBe('answered');
  });

  it('is counted once for a request, however often it is checked', async () => {
    const admission = create({ costPerMinute: 10 }).admit(ANONYMOUS_CALLER, '192.0.2.1');
    await admission?.enter();
    await admission?.charge(6);
    await admission?.charge(6);
    expect(admission?.headers()['ratelimit']).toMatch(/^"cost";r=4;t=3[56]$/);
  });
});

describe('requests at the same time', () => {
  it('are refused beyond the limit until one ends', async () => {
    const limits = create({ maxConcurrent: 2 });
    const [first, second, third] = [1, 2, 3].map(() => limits.admit(ANONYMOUS_CALLER, '192.0.2.1'));
    await first?.enter();
    await second?.enter();
    await expect(third?.enter()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      extensions: { retryAfter: 1 },
    });
    // It never was among them.
    third?.leave();
    expect((await ask(limits, ANONYMOUS_CALLER)).outcome).toBe('RATE_LIMITED');
    expect((await ask(limits, ANONYMOUS_CALLER, { address: '192.0.2.2' })).outcome).toBe(
      'answered',
    );
    first?.leave();
    first?.leave();
    expect((await ask(limits, ANONYMOUS_CALLER)).outcome).toBe('answered');
  });
});

describe('a refused caller that retries early', () => {
  beforeEach(() => {
    // The clock of Redis and of the budgets goes on.
    jest.useFakeTimers({ doNotFake: ['performance', 'queueMicrotask', 'nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** The outcome, once there is one. */
  const begin = (limits: CallerLimits, caller: Caller) => {
    const asked = { outcome: 'none yet' };
    void ask(limits, caller).then(({ outcome }) => (asked.outcome = outcome));
    return asked;
  };

  it('gets its next refusal half a second later, and other callers do not', async () => {
    const limits = create({ requestsPerMinute: 1 });
    const [first, second, third] = [1, 2, 3].map(() => begin(limits, keyOwner('greedy')));
    await jest.advanceTimersByTimeAsync(0);
    expect([first?.outcome, second?.outcome, third?.outcome]).toEqual([
      'answered',
      'RATE_LIMITED',
      'none yet',
    ]);
    const [other, otherRefused] = [1, 2].map(() => begin(limits, keyOwner('other')));
    await jest.advanceTimersByTimeAsync(499);
    expect([other?.outcome, otherRefused?.outcome, third?.outcome]).toEqual([
      'answered',
      'RATE_LIMITED',
      'none yet',
    ]);
    await jest.advanceTimersByTimeAsync(1);
    expect(third?.outcome).toBe('RATE_LIMITED');
  });

  it('does not count as a concurrent request meanwhile', async () => {
    const limits = create({ maxConcurrent: 1, requestsPerMinute: 1 });
    const all = [await ask(limits, ANONYMOUS_CALLER), await ask(limits, ANONYMOUS_CALLER)];
    const held = begin(limits, ANONYMOUS_CALLER);
    await jest.advanceTimersByTimeAsync(0);
    const next = limits.admit(ANONYMOUS_CALLER, '192.0.2.1');
    const refused = expect(next?.enter()).rejects.toThrow(
      'This caller may use 1 requests per minute',
    );
    await jest.advanceTimersByTimeAsync(500);
    await refused;
    expect([...all, held].map(({ outcome }) => outcome)).toEqual([
      'answered',
      'RATE_LIMITED',
      'RATE_LIMITED',
    ]);
  });

  it('gets the refusal immediately if a thousand others are being delayed', async () => {
    const limits = create({ requestsPerMinute: 1 });
    const all = Array.from({ length: 1100 }, () => begin(limits, ANONYMOUS_CALLER));
    await jest.advanceTimersByTimeAsync(0);
    expect(all.filter(({ outcome }) => outcome === 'none yet')).toHaveLength(1000);
    await jest.advanceTimersByTimeAsync(500);
    expect(all.filter(({ outcome }) => outcome === 'RATE_LIMITED')).toHaveLength(1099);
  });
});

describe('instances with one Redis', () => {
  let redis: RedisServer;
  const states: SharedState[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const state of states) await state.close();
    await redis.stop();
  });

  it('count together, and each by itself while Redis is down', async () => {
    const start = async () => {
      const state = await openRedisState({ url: redis.url, onChange: () => undefined });
      states.push(state);
      return new CallerLimits({ requestsPerMinute: 2, costPerMinute: 100 }, state.budgets);
    };
    const [one, other] = [await start(), await start()];
    const caller = keyOwner('shared');
    expect(await ask(one, caller, { cost: 10 })).toMatchObject({
      headers: { ratelimit: expect.stringMatching(/^"requests";r=1;t=30, "cost";r=6;t=6$/) },
    });
    expect(await ask(other, caller, { cost: 6 })).toMatchObject({ outcome: 'answered' });
    expect(await ask(one, caller)).toMatchObject({ outcome: 'RATE_LIMITED' });
    await redis.stop();
    expect(await outcomes([ask(one, caller), ask(other, caller)])).toEqual([
      'answered',
      'answered',
    ]);
  });
});

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['0:0:0:0:0:FFFF:127.0.0.1', '127.0.0.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', 'unknown'],
    ['192.0.2.1:443', 'unknown'],
    ['x'.repeat(8000), 'unknown'],
  ])('of %s is %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
  });
});
