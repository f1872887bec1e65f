/**
 * Reads an RFC 3339 date, at midnight UTC, or date-time, whose seconds may be missing. `Date` alone reads `5.` and `1,5` too, in the time zone of
 * this machine, and takes the 30th of February for the 2nd of March.
 * @returns null for any other text
 */
export function parseInstant(text: string): Date | null {
  const [, day] = INSTANT.exec(text) ?? [];
  if (day === undefined || toIso(Date.parse(day))?.slice(0, day.length) !== day) return null;
  const iso = toIso(Date.parse(text));
  return iso === null ? null : new Date(iso);
}

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

/** @returns null for a time that RFC 3339 cannot write: its years have four digits */
export function toIso(milliseconds: number): string | null {
  const date = new Date(milliseconds);
  const iso = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return /^\d{4}-/.test(iso) ? iso : null;
}
