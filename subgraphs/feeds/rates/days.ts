const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 'YYYY-MM-DD'.length);

/** @returns `2026-03-01` */
export const today = (): string => dayOf(Date.now());

/** Whether a day has not begun in any time zone: it begins first at UTC+14. */
export const isFuture = (day: string): boolean => day > dayOf(Date.now() + 14 * HOUR_MS);

/** The day `days` days before `day`. */
export const dayAgo = (day: string, days: number): string =>
  dayOf(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS);
