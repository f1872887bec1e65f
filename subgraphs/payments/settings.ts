import { z } from 'zod';
import { UTC } from './calendar-day.ts';
import { customerLink } from '../customer-link.ts';

/** What holds for every payment processor. */
export const paymentsSettings = z
  .object({
    // The CRM's side reports what is wrong with it; here a wrong one costs no more than an e-mail that nobody uses.
    CUSTOMER_LINK: customerLink().catch({ referenceProperty: null }),
    PAYMENTS_TIME_ZONE: timeZone().default(UTC),
  })
  .transform(({ CUSTOMER_LINK: { referenceProperty }, PAYMENTS_TIME_ZONE }) => ({
    needsPayerEmail: referenceProperty === null,
    timeZone: PAYMENTS_TIME_ZONE,
  }));

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
