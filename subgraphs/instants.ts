/**
 * Parses an RFC 3339 date, as midnight UTC, or date-time, with optional seconds. `Date` alone also accepts `5.` and `1,5`, in the machine's
 * time
 * zone, and reads February 30 as March 2.
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

/** @returns null for a time that RFC 3339 cannot represent: its years have four digits */
export function toIso(milliseconds: number): string | null {
  const date = new Date(milliseconds);
  const iso = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return /^\d{4}-/.test(iso) ? iso : null;
}
