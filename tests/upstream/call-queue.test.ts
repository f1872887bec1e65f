import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createMemorySlots } from '../../state/memory-state.ts';
import type { SlotStore, Rate } from '../../state/shared-state.ts';
import { CallQueue, type EndTurn, LimitReached } from '../../upstream/call-queue.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';
import { Cancellation } from '../../request/cancellation.ts';

const request = (more: Partial<RequestScope> = {}): RequestScope => ({
  signal: new AbortController().signal,
  trace: createCallTrace(),
  ...more,
});

/** Places that come when the test gives them. */
function createManualSlots() {
  let give: () => void = () => undefined;
  let settled = 0;
  const slots: SlotStore = {
    take: () =>
      new Promise((resolve) => {
        give = () => {
          resolve({ settle: () => (settled += 1) });
        };
      }),
  };
  const turn = () => new Promise(setImmediate);
  return {
    slots,
    settled: () => settled,
    grantOne: async () => {
      await turn();
      give();
      await turn();
    },
  };
}

const RATE = { limit: 1, windowMs: 1000 };

describe('calls that wait for a rate-limit slot', () => {
  it('take turns by the client request they belong to, those in the background last', async () => {
    const { slots, grantOne } = createManualSlots();
    const queue = new CallQueue({ slots, key: 'a', rate: RATE });
    const done: string[] = [];
    const enter = (name: string, scope: RequestScope) =>
      void queue.enter(scope, new Cancellation()).then(() => done.push(name));
    const [background, big, small] = [request({ isBackground: true }), request(), request()];
    for (const name of ['background 1', 'background 2']) enter(name, background);
    for (const name of ['big 1', 'big 2', 'big 3']) enter(name, big);
    enter('small 1', small);
    for (let granted = 0; granted < 6; granted += 1) await grantOne();
    expect(done).toEqual(['big 1', 'small 1', 'big 2', 'big 3', 'background 1', 'background 2']);
  });

  it('take turns by client before they do by client request', async () => {
    const { slots, grantOne } = createManualSlots();
    const queue = new CallQueue({ slots, key: 'a', rate: RATE });
    const done: string[] = [];
    const enter = (name: string, scope: RequestScope) =>
      void queue.enter(scope, new Cancellation()).then(() => done.push(name));
    for (const name of ['greedy 1', 'greedy 2', 'greedy 3'])
      enter(name, request({ clientKey: 'greedy' }));
    const modest = request({ clientKey: 'modest' });
    for (const name of ['modest 1', 'modest 2']) enter(name, modest);
    for (let granted = 0; granted < 5; granted += 1) await grantOne();
    expect(done).toEqual(['greedy 1', 'modest 1', 'greedy 2', 'modest 2', 'greedy 3']);
  });

  it('are removed when they are cancelled, and the next call gets their slot', async () => {
    const { slots, grantOne } = createManualSlots();
    const queue = new CallQueue({ slots, key: 'a', rate: RATE });
    const cancellation = new Cancellation();
    const first = queue.enter(request(), cancellation);
    const second = queue.enter(request(), new Cancellation());
    cancellation.cancel(new Error('gone'));
    await expect(first).rejects.toBeInstanceOf(LimitReached);
    await grantOne();
    await expect(second).resolves.toBeInstanceOf(Function);
  });

  it('release a slot that arrives after the call is cancelled', async () => {
    const { slots, grantOne, settled } = createManualSlots();
    const queue = new CallQueue({ slots, key: 'a', rate: RATE });
    const cancellation = new Cancellation();
    const only = queue.enter(request(), cancellation);
    cancellation.cancel(new Error('gone'));
    await expect(only).rejects.toBeInstanceOf(LimitReached);
    await grantOne();
    expect(settled()).toBe(1);
  });
});

describe('calls that wait for a rate-limit slot, with a fake clock', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A queue, and the calls that it has let through. */
  function watchQueue(rate: Rate = { limit: 1000, windowMs: 1000 }) {
    const queue = new CallQueue({ slots: createMemorySlots(), key: 'a', rate });
    const through: EndTurn[] = [];
    const refused: unknown[] = [];
    const enter = (scope: Partial<RequestScope> = {}, cancellation = new Cancellation()) =>
      queue.enter(request(scope), cancellation).then(
        (end) => void through.push(end),
        (error: unknown) => void refused.push(error),
      );
    return {
      queue,
      through,
      refused,
      enter,
      pass: (ms: number) => jest.advanceTimersByTimeAsync(ms),
    };
  }

  it("are refused at once if the vendor's pause lasts beyond their deadline", async () => {
    const { queue, refused, enter } = watchQueue();
    queue.pauseFor(5000);
    await enter({ deadlineAt: performance.now() + 1000 });
    expect(refused).toMatchObject([{ name: 'LimitReached', retryAfter: 5 }]);
  });

  it('never exceed the limit that the vendor reports', async () => {
    const { queue, through, enter, pass } = watchQueue({ limit: 1, windowMs: 60_000 });
    queue.setRate({ limit: 5, windowMs: 200 });
    for (let call = 0; call < 12; call += 1) void enter();
    await pass(0);
    expect(through).toHaveLength(5);
    for (const end of through) end('accepted');
    await pass(199);
    expect(through).toHaveLength(5);
    await pass(51);
    expect(through).toHaveLength(10);
    for (const end of through.slice(5)) end('accepted');
    await pass(199);
    expect(through).toHaveLength(10);
    await pass(51);
    expect(through).toHaveLength(12);
  });

  it('wait a minute at most for the next probe, however long the vendor asks to wait', async () => {
    const { queue, through, enter, pass } = watchQueue();
    queue.pauseFor(86_400_000);
    for (let call = 0; call < 100; call += 1) void enter();
    await pass(59_999);
    expect(through).toHaveLength(0);
    await pass(1);
    expect(through).toHaveLength(1);
    through[0]?.('accepted');
    await pass(0);
    expect(through).toHaveLength(100);
  });

  it('are sent one at a time, at growing intervals, as long as the vendor refuses them', async () => {
    const { queue, through, enter, pass } = watchQueue();
    queue.pauseFor(1000);
    for (let call = 0; call < 100; call += 1) void enter();
    await pass(1000);
    for (const pausedMs of [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      const before = through.length;
      queue.pauseFor(1000);
      through.at(-1)?.('refused');
      await pass(pausedMs - 1);
      expect([pausedMs, through.length]).toEqual([pausedMs, before]);
      await pass(1);
      expect([pausedMs, through.length]).toEqual([pausedMs, before + 1]);
    }
  });

  it('continue one at a time after a probe without an outcome', async () => {
    const { queue, through, enter, pass } = watchQueue();
    queue.pauseFor(1000);
    for (let call = 0; call < 3; call += 1) void enter();
    await pass(1000);
    expect(through).toHaveLength(1);
    through[0]?.();
    await pass(0);
    expect(through).toHaveLength(2);
  });

  it("are refused at their deadline during a probe, with the vendor's last response", async () => {
    const { queue, through, refused, enter, pass } = watchQueue();
    queue.pauseFor(600_000);
    await Promise.race([enter(), pass(60_000)]);
    const deadline = new Cancellation();
    const late = enter({ deadlineAt: performance.now() + 1000 }, deadline);
    await pass(1000);
    deadline.cancel(new DOMException('Too late.', 'TimeoutError'));
    await late;
    expect([through.length, refused]).toMatchObject([
      1,
      [{ name: 'LimitReached', retryAfter: 539 }],
    ]);
  });

  it.each([
    [0, 1000],
    [-5, 1000],
    [NaN, 1000],
    [Infinity, 1000],
    [0.5, 1000],
    [1e12, 1000],
    [1, 0],
    [1, -1],
    [1, NaN],
    [1, Infinity],
    [1, 86_400_000],
    [1, 0.5],
  ])(
    'continue by the configured limit where the vendor reports %d in %d ms',
    async (limit, windowMs) => {
      const { queue, through, enter, pass } = watchQueue({ limit: 3, windowMs: 10_000 });
      queue.setRate({ limit, windowMs });
      for (let call = 0; call < 4; call += 1) void enter();
      await pass(0);
      expect(through).toHaveLength(3);
    },
  );

  it("continue by the configured limit ten minutes after the vendor's last report of another one", async () => {
    const { queue, through, enter, pass } = watchQueue({ limit: 3, windowMs: 1000 });
    queue.setRate({ limit: 1, windowMs: 60_000 });
    await pass(599_999);
    for (let call = 0; call < 2; call += 1) void enter();
    await pass(0);
    expect(through).toHaveLength(1);
    through[0]?.('accepted');
    await pass(60_001);
    for (let call = 0; call < 2; call += 1) void enter();
    await pass(0);
    expect(through).toHaveLength(4);
  });

  it('wait no longer for a limit that the vendor has corrected', async () => {
    const { queue, through, enter, pass } = watchQueue();
    queue.setRate({ limit: 1, windowMs: 60_000 });
    for (let call = 0; call < 3; call += 1) void enter();
    await pass(0);
    through[0]?.('accepted');
    await pass(100);
    expect(through).toHaveLength(1);
    queue.setRate({ limit: 10, windowMs: 1000 });
    await pass(0);
    expect(through).toHaveLength(3);
  });
});
