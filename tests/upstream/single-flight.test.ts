import { describe, expect, it } from '@jest/globals';
import { Cancellation } from '../../request/cancellation.ts';
import { SingleFlight } from '../../upstream/single-flight.ts';

describe('a shared call', () => {
  it('is cancelled once, when the last of a hundred thousand waiters has disconnected', async () => {
    const [left, disconnected] = [new Error('left'), new Error('gone')];
    const flights = new SingleFlight<string>(() => left);
    const starts: Cancellation[] = [];
    const start = (cancellation: Cancellation) => {
      starts.push(cancellation);
      return new Promise<string>(() => undefined);
    };
    const cancellations = Array.from({ length: 100_000 }, () => new Cancellation());
    const outcomes = Promise.allSettled(
      cancellations.map((cancellation) => flights.share('key', { cancellation }, start)),
    );
    const [last, ...others] = cancellations;
    for (const cancellation of others) cancellation.cancel(disconnected);
    expect([starts.length, starts[0]?.reason]).toEqual([1, undefined]);
    last?.cancel(new Error('gone last'));
    expect(starts[0]?.reason).toEqual(new Error('gone last'));
    expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true);
  });
});
