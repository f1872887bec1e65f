import { describe, expect, it } from '@jest/globals';
import { CircuitBreaker } from '../../upstream/circuit-breaker.ts';

function startBreaker() {
  let time = 0;
  const states: string[] = [];
  const breaker = new CircuitBreaker({
    maxFailures: 10,
    onChange: (state) => states.push(state),
    now: () => time,
  });
  const call = (end: 'succeeded' | 'failed' | 'abandoned') => {
    const refusedMs = breaker.refuse();
    if (refusedMs === undefined) breaker[end]();
    return refusedMs;
  };
  return { breaker, call, states, pass: (ms: number) => (time += ms) };
}

const times = (count: number, act: () => unknown) => Array.from({ length: count }, act);

describe('a circuit breaker', () => {
  it('opens after ten failures in a row, and lets single calls through at growing intervals', () => {
    const { call, states, pass } = startBreaker();
    expect(times(10, () => call('failed')).every((refused) => refused === undefined)).toBe(true);
    expect(states).toEqual(['open']);
    for (const ms of [500, 1000, 2000, 4000, 5000, 5000]) {
      expect(call('failed')).toBe(ms);
      pass(ms);
      expect(call('failed')).toBeUndefined();
    }
  });

  it('closes when a probe succeeds', () => {
    const { call, states, pass } = startBreaker();
    times(10, () => call('failed'));
    pass(500);
    expect(call('succeeded')).toBeUndefined();
    expect(call('succeeded')).toBeUndefined();
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('stays closed where a call succeeds in between', () => {
    const { call, states } = startBreaker();
    times(5, () => {
      times(9, () => call('failed'));
      call('succeeded');
    });
    expect(states).toEqual([]);
  });

  it('opens if ten calls get no response, and sends another probe while the last one is pending', () => {
    const { breaker, states, pass } = startBreaker();
    expect(times(10, () => breaker.refuse())).toEqual(times(10, () => undefined));
    pass(1501);
    expect(breaker.refuse()).toBeUndefined();
    pass(201);
    expect(breaker.refuse()).toBe(500);
    pass(500);
    expect(breaker.refuse()).toBeUndefined();
    expect(breaker.refuse()).toBe(2000);
    pass(2000);
    expect(breaker.refuse()).toBeUndefined();
    breaker.succeeded();
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('does not open after a blocked event loop, whose responses are still unread', () => {
    const { breaker, states, pass } = startBreaker();
    times(10, () => breaker.refuse());
    pass(5000);
    expect(breaker.refuse()).toBeUndefined();
    times(10, () => {
      breaker.succeeded();
    });
    pass(1000);
    expect(breaker.refuse()).toBeUndefined();
    expect(states).toEqual([]);
  });

  it('does not count cancelled calls, and lets the next call be the probe', () => {
    const { call, states, pass } = startBreaker();
    times(30, () => call('abandoned'));
    expect(states).toEqual([]);
    times(10, () => call('failed'));
    pass(500);
    expect(call('abandoned')).toBeUndefined();
    expect(call('succeeded')).toBeUndefined();
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });
});
