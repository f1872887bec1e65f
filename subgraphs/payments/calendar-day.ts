export const UTC = 'UTC';

/**
 * The day of a time in a time zone.
 * @param time milliseconds since 1970
 * @returns `2026-03-01`
 */
export const dayOf = (time: number, timeZone: string): string =>
  new Date(time + offsetAt(time, timeZone)).toISOString().slice(0, 'YYYY-MM-DD'.length);

/**
 * The last second of a day in a time zone.
 * @param day `2026-03-01`
 * @returns milliseconds since 1970
 */
export function endOfDay(day: string, timeZone: string): number {
  const local = Date.parse(`${day}T23:59:59Z`);
  // The offset at that time, which differs from the first guess if the clocks change on that day.
  const guess = local - offsetAt(local, timeZone);
  return local - offsetAt(guess, timeZone);
}

/** Milliseconds that a time zone's clocks are ahead of UTC. */
function offsetAt(time: number, timeZone: string): number {
  if (timeZone === UTC) return 0;
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = PARTS.map((part) =>
    parts.get(part),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}

const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Cached: creating a format takes much longer than using it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    FORMATS.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  FORMATS.set(timeZone, format);
  return format;
}
