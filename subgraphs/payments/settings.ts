import { z } from 'zod';
import { UTC } from './calendar-day.ts';

/** Settings of all payment processors. */
export const paymentsSettings = z
  .object({
    PAYMENTS_TIME_ZONE: timeZone().default(UTC),
  })
  .transform(({ PAYMENTS_TIME_ZONE }) => ({ timeZone: PAYMENTS_TIME_ZONE }));

function timeZone() {
  return z
    .string()
    .refine(isTimeZone, 'must be the IANA name of a time zone, such as Europe/Berlin.');
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
