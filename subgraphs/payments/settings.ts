import { z } from 'zod';
import { customerLink } from '../customer-link.ts';

/** What holds for every payment processor. */
export const paymentsSettings = z
  .object({
    // The CRM's side reports what is wrong with it; here a wrong one costs no more than an e-mail that nobody uses.
    CUSTOMER_LINK: customerLink().catch({ referenceProperty: null }),
  })
  .transform(({ CUSTOMER_LINK: { referenceProperty } }) => ({
    needsPayerEmail: referenceProperty === null,
  }));
