import { describe, expect, it } from '@jest/globals';
import { dayOf, endOfDay } from '../../../subgraphs/payments/calendar-day.ts';

describe('a day in a time zone', () => {
  it.each([
    ['UTC', '2026-03-01', '2026-03-01T23:59:59.000Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-29T21:59:59.000Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25T22:59:59.000Z'],
    ['America/Los_Angeles', '2026-11-01', '2026-11-02T07:59:59.000Z'],
    ['Asia/Kathmandu', '2026-03-01', '2026-03-01T18:14:59.000Z'],
    ['Pacific/Kiritimati', '2026-03-01', '2026-03-01T09:59:59.000Z'],
    ['Pacific/Pago_Pago', '2026-03-01', '2026-03-02T10:59:59.000Z'],
  ])('%s: %s ends at %s', (timeZone, day, end) => {
    const time = endOfDay(day, timeZone);
    expect(new Date(time).toISOString()).toBe(end);
    expect([dayOf(time, timeZone), dayOf(time + 1000, timeZone) > day]).toEqual([day, true]);
  });
});
