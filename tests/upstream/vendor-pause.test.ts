import { describe, expect, it } from '@jest/globals';
import { VendorPause } from '../../upstream/vendor-pause.ts';

const DAY_MS = 86_400_000;

function startPause() {
  let time = 1000;
  const pause = new VendorPause(() => time);
  return {
    pause,
    pass: (ms: number) => (time += ms),
    now: () => time,
    /** Sends a probe that the vendor refuses, as soon as one may be sent. @returns for how long it was paused before */
    refuse: (wantedMs: number) => {
      const { waitMs } = pause;
      time += waitMs;
      const report = pause.admit();
      pause.begin(wantedMs);
      report?.('refused');
      return waitMs;
    },
  };
}

describe('the pause after a vendor has refused a call', () => {
  it('lasts as long as the vendor states, at most one minute', () => {
    for (const [wantedMs, waitMs] of [
      [0, 0],
      [1000, 1000],
      [60_000, 60_000],
      [61_000, 60_000],
      [DAY_MS, 60_000],
      [Infinity, 60_000],
    ] as const) {
      const { pause } = startPause();
      pause.begin(wantedMs);
      expect([wantedMs, pause.waitMs]).toEqual([wantedMs, waitMs]);
    }
  });

  it.each([-1, -Infinity, NaN])(
    'lasts a second where the vendor asks for %d milliseconds',
    (wantedMs) => {
      const { pause, pass } = startPause();
      pause.begin(wantedMs);
      expect([pause.waitMs, pause.retryAfter]).toEqual([1000, 1]);
      pass(1000);
      pause.admit()?.('accepted');
      pause.begin(5000);
      expect(pause.waitMs).toBe(5000);
    },
  );

  it("gives clients the vendor's latest wait time, up to a day", () => {
    const { pause, pass, refuse } = startPause();
    pause.begin(Infinity);
    expect(pause.retryAfter).toBe(86_400);
    pass(60_000);
    expect(pause.retryAfter).toBe(86_340);
    refuse(5000);
    expect(pause.retryAfter).toBe(5);
  });

  it('ends immediately when the vendor accepts the probe', () => {
    const { pause, pass, refuse } = startPause();
    pause.begin(DAY_MS);
    refuse(DAY_MS);
    pass(60_000);
    pause.admit()?.('accepted');
    expect([pause.waitMs, pause.retryAfter, pause.admit()]).toEqual([0, 1, undefined]);
  });

  it('is longer after each probe that is refused, up to a minute, and short again once one was accepted', () => {
    const { pause, pass, refuse } = startPause();
    pause.begin(1000);
    expect(Array.from({ length: 9 }, () => refuse(1000))).toEqual(
      [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000),
    );
    pass(60_000);
    pause.admit()?.('accepted');
    pause.begin(1000);
    expect([refuse(1000), refuse(1000)]).toEqual([1000, 2000]);
  });

  it('lets one call through at a time: the next after five seconds without a response to the last', () => {
    const { pause, pass } = startPause();
    pause.begin(1000);
    pass(1000);
    const first = pause.admit();
    expect(pause.waitMs).toBe(5000);
    pass(5000);
    const second = pause.admit();
    first?.('accepted');
    expect(pause.waitMs).toBe(5000);
    second?.('accepted');
    expect(pause.waitMs).toBe(0);
  });

  it('lets another probe follow one without a response', () => {
    const { pause, pass } = startPause();
    pause.begin(1000);
    pass(1000);
    pause.admit()?.('unanswered');
    expect(pause.waitMs).toBe(0);
    expect(pause.admit()).toBeInstanceOf(Function);
  });

  it('is not prolonged by the refusals of calls that were pending', () => {
    const { pause, pass, refuse } = startPause();
    for (let refused = 0; refused < 50; refused += 1) pause.begin(1000);
    expect(pause.waitMs).toBe(1000);
    pass(500);
    pause.begin(2000);
    expect(pause.waitMs).toBe(2000);
    expect([refuse(1000), refuse(1000)]).toEqual([2000, 2000]);
  });

  it('is known to last beyond a time only while no probe is under way', () => {
    const { pause, pass, now } = startPause();
    expect(pause.isPausedUntil(now())).toBe(false);
    pause.begin(10_000);
    expect([pause.isPausedUntil(now() + 9999), pause.isPausedUntil(now() + 10_001)]).toEqual([
      true,
      false,
    ]);
    pass(10_000);
    pause.admit();
    expect(pause.isPausedUntil(now() + 1)).toBe(false);
  });
});
