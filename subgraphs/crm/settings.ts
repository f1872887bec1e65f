import { z } from 'zod';
import { customerLink } from '../customer-link.ts';

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** Settings of all CRMs. */
export const crmSettings = z
  .object({
    CUSTOMER_LINK: customerLink(),
    CRM_DEFAULT_CURRENCY: z
      .string()
      .refine(
        (code) => CURRENCIES.has(code),
        'must be an ISO 4217 currency code in capitals, such as EUR.',
      )
      .default('USD'),
  })
  .transform(({ CUSTOMER_LINK: link, CRM_DEFAULT_CURRENCY: defaultCurrency }) => ({
    ...link,
    defaultCurrency,
  }));
