import { createHash } from 'node:crypto';
import { CRM } from '../../../subgraphs/crm/service.ts';
import { PAYMENTS } from '../../../subgraphs/payments/service.ts';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BadUserInput, CodedError } from '../../../errors/coded-error.ts';
import {
  IdempotentWriter,
  type WriteRequest,
  type WriteSteps,
} from '../../../subgraphs/writes/idempotent-writes.ts';
import { createMemoryKeyValues } from '../../../state/memory-state.ts';
import { openRedisState } from '../../../state/redis-state.ts';
import type { KeyValueStore } from '../../../state/shared-state.ts';
import { createCallTrace } from '../../../request/request-scope.ts';
import { UpstreamError } from '../../../upstream/upstream-error.ts';
import { startRedis } from '../../state/redis-server.ts';

/** Time advances with each wait, and when a test advances it. */
const clock = {
  time: Date.now(),
  now: () => clock.time,
  wait: async (ms: number) => {
    clock.time += ms;
    await new Promise(setImmediate);
  },
};

let keyValues: KeyValueStore;
let writer: IdempotentWriter;
beforeEach(() => {
  keyValues = createMemoryKeyValues();
  writer = anotherInstance();
});

const anotherInstance = (keySeconds?: number) =>
  new IdempotentWriter({ service: PAYMENTS, keyValues, keySeconds, searchDelaySeconds: 30, clock });

const scope = () => ({ signal: new AbortController().signal, trace: createCallTrace() });

const request = (changes: Partial<WriteRequest> = {}): WriteRequest => ({
  name: 'refundPayment',
  idempotencyKey: 'key-1',
  input: { id: 1, reason: 'x' },
  ...changes,
});

const open = () => new UpstreamError('OUTCOME_UNKNOWN', PAYMENTS);
const unavailable = () => new UpstreamError('UPSTREAM_UNAVAILABLE', PAYMENTS);

/** Writes that come to what is listed, one after the other; errors are thrown. */
function steps(...outcomes: readonly (string | Error)[]) {
  const keys: string[] = [];
  const write = (key: string): Promise<string> => {
    const outcome = outcomes[keys.push(key) - 1] ?? new Error('That is once too often.');
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  };
  return { keys, write };
}

const once = (one: WriteSteps<string>, changes: Partial<WriteRequest> = {}, by = writer) =>
  by.write(request(changes), scope(), one);

describe('a write', () => {
  it('is executed once for a key and an input, with its fields in any order, and its outcome is repeated', async () => {
    const one = steps('re_1');
    expect(await once(one)).toBe('re_1');
    expect(await once(one, { input: { reason: 'x', id: 1 } })).toBe('re_1');
    expect(await once(one, {}, anotherInstance())).toBe('re_1');
    expect(one.keys).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it('is executed again for another key, and for another mutation', async () => {
    const one = steps('a', 'b', 'c');
    expect([
      await once(one),
      await once(one, { idempotencyKey: 'key-2' }),
      await once(one, { name: 'voidInvoice' }),
    ]).toEqual(['a', 'b', 'c']);
    expect(new Set(one.keys).size).toBe(3);
  });

  it('is executed for each caller under the same key, once for each', async () => {
    const one = steps('anonymous', 'ada', 'grace');
    const by = (callerId: string) => writer.write(request(), { ...scope(), callerId }, one);
    const outcomes = [
      await by('anonymous'),
      await by('jwt:i|ada'),
      await by('jwt:i|grace'),
      await by('jwt:i|ada'),
      await once(one),
    ];
    expect(outcomes).toEqual(['anonymous', 'ada', 'grace', 'ada', 'anonymous']);
    expect(new Set(one.keys).size).toBe(3);
  });

  it('has the same vendor key for anonymous callers as in releases without callers', async () => {
    const one = steps('re_1');
    await once(one);
    expect(one.keys).toEqual([
      createHash('sha256').update('payments refundPayment key-1').digest('hex'),
    ]);
  });

  it('is executed each time without a key', async () => {
    const one = steps('a', 'b');
    expect([
      await once(one, { idempotencyKey: null }),
      await once(one, { idempotencyKey: undefined }),
    ]).toEqual(['a', 'b']);
  });

  it('is refused with another input under the same key, while it is pending and afterwards', async () => {
    const one = steps('re_1');
    const [first, other] = await Promise.allSettled([once(one), once(one, { input: { id: 2 } })]);
    expect(first).toEqual({ status: 'fulfilled', value: 're_1' });
    const expected = {
      message:
        'idempotencyKey must be a new one for a different input, but this one was sent with another input before.',
      extensions: { code: 'BAD_USER_INPUT', field: ['input', 'idempotencyKey'] },
    };
    expect(other).toMatchObject({ reason: expected });
    await expect(once(one, { input: null })).rejects.toMatchObject(expected);
  });

  it.each(['', ' ', 'k'.repeat(256)])(
    'is refused with an invalid key: %p',
    async (idempotencyKey) => {
      await expect(once(steps(), { idempotencyKey })).rejects.toMatchObject({
        message: `idempotencyKey must have from 1 to 255 characters, but has ${String(idempotencyKey.length)}.`,
      });
    },
  );

  it('is shared by concurrent requests, on one instance and on others', async () => {
    const one = steps('re_1');
    const slow = { write: (key: string) => clock.wait(250).then(() => one.write(key)) };
    const other = anotherInstance();
    expect(
      await Promise.all([once(slow), once(slow), once(slow, {}, other), once(slow, {}, other)]),
    ).toEqual(Array(4).fill('re_1'));
    expect(one.keys).toHaveLength(1);
  });

  it('stores neither the key nor the input', async () => {
    const seen: string[] = [];
    const spy: KeyValueStore = {
      ...keyValues,
      claim: (key, text, seconds) => {
        seen.push(key, text);
        return keyValues.claim(key, text, seconds);
      },
    };
    await once(
      steps('re_1'),
      { idempotencyKey: 'a@b.test', input: 'c@d.test' },
      new IdempotentWriter({ service: PAYMENTS, keyValues: spy }),
    );
    expect(seen).toHaveLength(2);
    expect(seen.join()).not.toContain('@');
  });
});

describe('a write that fails', () => {
  it.each([unavailable(), new BadUserInput('No.')])(
    'before it was executed leaves its key free, for another input too: %s',
    async (error) => {
      await expect(once(steps(error))).rejects.toBe(error);
      expect(await once(steps('re_1'), { input: 'another' })).toBe('re_1');
    },
  );

  it('with an unknown outcome reports its idempotency key, a generated one if none was sent', async () => {
    const one = steps(open(), 're_1');
    const error = await once(one, { idempotencyKey: null }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      extensions: { code: 'OUTCOME_UNKNOWN', retryable: true, idempotencyKey: expect.any(String) },
    });
    const { idempotencyKey } = (error as CodedError).extensions;
    expect(await once(one, { idempotencyKey }, anotherInstance())).toBe('re_1');
    expect(new Set(one.keys).size).toBe(1);
  });

  it('unexpectedly has an unknown outcome, too', async () => {
    const one = steps(new TypeError('A bug.'), 're_1');
    await expect(once(one)).rejects.toThrow('A bug.');
    await expect(once(one, { input: 'another' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await once(one)).toBe('re_1');
  });

  it('has an unknown outcome while the vendor cannot be reached', async () => {
    const one = steps(open(), unavailable(), 're_1');
    await expect(once(one)).rejects.toMatchObject({ extensions: { idempotencyKey: 'key-1' } });
    await expect(once(one)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      extensions: { idempotencyKey: 'key-1' },
    });
    expect(await once(one)).toBe('re_1');
  });

  it('is removed a day after its first try, when the vendor has removed its key', async () => {
    await expect(once(steps(open()))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    clock.time += 25 * 3_600_000;
    await expect(once(steps(open()))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await once(steps('re_1'), { input: 'another' })).toBe('re_1');
  });
});

describe('a write to a vendor that remembers keys for an hour', () => {
  it('is removed an hour after its first try', async () => {
    const forgetful = anotherInstance(3600);
    await expect(once(steps(open()), {}, forgetful)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    clock.time += 2 * 3_600_000;
    await expect(once(steps(open()), {}, forgetful)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(await once(steps('re_1'), { input: 'another' }, forgetful)).toBe('re_1');
  });
});

describe('a write that another instance started and abandoned', () => {
  const begin = () =>
    once({ write: () => new Promise<string>(() => undefined) }, {}, anotherInstance());

  it('is waited for, until the deadline', async () => {
    void begin();
    const abort = new AbortController();
    const waiting = writer.write(request(), { ...scope(), signal: abort.signal }, steps('re_1'));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      extensions: { idempotencyKey: 'key-1' },
    });
  });

  it('is taken over after ten minutes', async () => {
    void begin();
    const one = steps('re_1');
    const before = clock.time;
    expect(await once(one)).toBe('re_1');
    expect(clock.time - before).toBeGreaterThan(600_000);
  });
});

describe('a write to a vendor without idempotency keys', () => {
  it('is not executed again if the earlier try is found', async () => {
    const one = steps(open());
    await expect(once(one)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const startedAt = clock.time;
    clock.time += 1000;
    const find = (since: Date) => Promise.resolve(since.getTime() === startedAt ? 'found' : null);
    expect(await once({ ...one, find })).toBe('found');
    expect(await once({ ...one, find })).toBe('found');
    expect(one.keys).toHaveLength(1);
  });

  it('is executed again only after the earlier try would be visible, and so is the next one', async () => {
    const one = { ...steps(open(), open(), 're_1'), find: () => Promise.resolve(null) };
    await expect(once(one)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    clock.time += 10_000;
    await expect(once(one)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      extensions: { retryAfter: 20, idempotencyKey: 'key-1' },
    });
    clock.time += 20_000;
    await expect(once(one)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    clock.time += 10_000;
    await expect(once(one)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      extensions: { retryAfter: 20 },
    });
    clock.time += 20_000;
    expect(await once(one)).toBe('re_1');
    expect(one.keys).toHaveLength(3);
  });

  it('is not repeated while the search fails', async () => {
    const one = { ...steps(open()), find: () => Promise.reject<null>(unavailable()) };
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(once(one)).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        extensions: { idempotencyKey: 'key-1' },
      });
      clock.time += 60_000;
    }
    expect(one.keys).toHaveLength(1);
  });

  it('is searched by one instance at a time', async () => {
    await expect(once(steps(open()))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    clock.time += 60_000;
    const one = steps('re_1');
    const find = () => clock.wait(0).then(() => (one.keys.length > 0 ? 'seen too late' : null));
    const both = await Promise.all(
      [writer, anotherInstance()].map((instance) => once({ ...one, find }, {}, instance)),
    );
    expect(both).toEqual(['re_1', 're_1']);
    expect(one.keys).toHaveLength(1);
  });
});

describe('a write that two instances try, whose clocks differ by five minutes', () => {
  it.each([300_000, -300_000])(
    'is not executed again before the first try must be visible: %d ms',
    async (aheadMs) => {
      const redis = await startRedis();
      const states = await Promise.all(
        [0, 1].map(() => openRedisState({ url: redis.url, onChange: () => undefined })),
      );
      const [first, second] = states.map(
        ({ keyValues: shared }) =>
          () =>
            new IdempotentWriter({ service: CRM, keyValues: shared, searchDelaySeconds: 30 }),
      );
      const one = steps(open(), 'again');
      await expect(once(one, {}, first?.())).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      const { now } = Date;
      const ownClock = jest.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs);
      const error = await once({ ...one, find: () => Promise.resolve(null) }, {}, second?.()).catch(
        (thrown: unknown) => thrown,
      );
      ownClock.mockRestore();
      for (const state of states) await state.close();
      await redis.stop();
      expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect(Math.ceil(((error as CodedError).extensions.retryAfter ?? NaN) / 30)).toBe(1);
      expect(one.keys).toHaveLength(1);
    },
  );
});
