import { describe, expect, it } from '@jest/globals';
import { createMemoryPlaces } from '../../state/memory-state.ts';
import type { PlaceStore } from '../../state/shared-state.ts';
import { CallQueue, LimitReached } from '../../upstream/call-queue.ts';
import { createCallTrace, type RequestScope } from '../../upstream/call-trace.ts';
import { Cancellation } from '../../upstream/cancellation.ts';

const request = (more: Partial<RequestScope> = {}): RequestScope => ({
  signal: new AbortController().signal,
  trace: createCallTrace(),
  ...more,
});

/** Places that come when the test gives them. */
function createGivenPlaces() {
  let give: () => void = () => undefined;
  let settled = 0;
  const places: PlaceStore = {
    take: () =>
      new Promise((resolve) => {
        give = () => {
          resolve({ settle: () => (settled += 1) });
        };
      }),
  };
  const turn = () => new Promise(setImmediate);
  return {
    places,
    settled: () => settled,
    giveOne: async () => {
      await turn();
      give();
      await turn();
    },
  };
}

const RATE = { limit: 1, windowMs: 1000 };

describe('calls that wait for a place', () => {
  it('take turns by the client request they belong to, those in the background last', async () => {
    const { places, giveOne } = createGivenPlaces();
    const queue = new CallQueue({ places, key: 'a', rate: RATE });
    const done: string[] = [];
    const enter = (name: string, scope: RequestScope) => void queue.enter(scope, new Cancellation()).then(() => done.push(name));
    const [background, big, small] = [request({ isBackground: true }), request(), request()];
    for (const name of ['background 1', 'background 2']) enter(name, background);
    for (const name of ['big 1', 'big 2', 'big 3']) enter(name, big);
    enter('small 1', small);
    for (let given = 0; given < 6; given += 1) await giveOne();
    expect(done).toEqual(['big 1', 'small 1', 'big 2', 'big 3', 'background 1', 'background 2']);
  });

  it('take turns by client before they do by client request', async () => {
    const { places, giveOne } = createGivenPlaces();
    const queue = new CallQueue({ places, key: 'a', rate: RATE });
    const done: string[] = [];
    const enter = (name: string, scope: RequestScope) => void queue.enter(scope, new Cancellation()).then(() => done.push(name));
    for (const name of ['greedy 1', 'greedy 2', 'greedy 3']) enter(name, request({ clientKey: 'greedy' }));
    const modest = request({ clientKey: 'modest' });
    for (const name of ['modest 1', 'modest 2']) enter(name, modest);
    for (let given = 0; given < 5; given += 1) await giveOne();
    expect(done).toEqual(['greedy 1', 'modest 1', 'greedy 2', 'modest 2', 'greedy 3']);
  });

  it('leave when they are given up, and their place goes to the next', async () => {
    const { places, giveOne } = createGivenPlaces();
    const queue = new CallQueue({ places, key: 'a', rate: RATE });
    const cancellation = new Cancellation();
    const first = queue.enter(request(), cancellation);
    const second = queue.enter(request(), new Cancellation());
    cancellation.cancel(new Error('gone'));
    await expect(first).rejects.toBeInstanceOf(LimitReached);
    await giveOne();
    await expect(second).resolves.toBeInstanceOf(Function);
  });

  it('give a place back that comes when nobody wants it any more', async () => {
    const { places, giveOne, settled } = createGivenPlaces();
    const queue = new CallQueue({ places, key: 'a', rate: RATE });
    const cancellation = new Cancellation();
    const only = queue.enter(request(), cancellation);
    cancellation.cancel(new Error('gone'));
    await expect(only).rejects.toBeInstanceOf(LimitReached);
    await giveOne();
    expect(settled()).toBe(1);
  });

  it('are refused at once where the vendor lets nobody through until after their deadline', async () => {
    const queue = new CallQueue({ places: createMemoryPlaces(), key: 'a', rate: RATE });
    queue.pauseFor(5000);
    const late = queue.enter(request({ deadlineAt: performance.now() + 1000 }), new Cancellation());
    await expect(late).rejects.toMatchObject({ name: 'LimitReached', retryAfter: 5 });
  });

  it('never are more in any stretch of time than the vendor says, as it says it', async () => {
    const queue = new CallQueue({ places: createMemoryPlaces(), key: 'a', rate: { limit: 1, windowMs: 60_000 } });
    queue.learn({ limit: 5, windowMs: 200 });
    const ends: number[] = [];
    const starts: number[] = [];
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const settle = await queue.enter(request(), new Cancellation());
        starts.push(performance.now());
        await new Promise(setImmediate);
        ends.push(performance.now());
        settle();
      }),
    );
    for (const [index, start] of starts.slice(5).entries()) expect(start - (ends[index] ?? NaN)).toBeGreaterThan(199);
  });
});
