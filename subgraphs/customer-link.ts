import { z } from 'zod';

/** How people of the CRM and payers of the payment processor are found for each other. */
export interface CustomerLink {
  /** The CRM's property that holds the processor's customer id; null where they are joined by e-mail. */
  readonly referenceProperty: string | null;
}

/** `CUSTOMER_LINK`, which both sides have to know. */
export const customerLink = () =>
  z
    .string()
    .regex(
      /^(email|property:\w{1,100})$/,
      'must be "email", or "property:" followed by the name of a CRM property.',
    )
    .default('email')
    .transform((link): CustomerLink => ({
      referenceProperty: link === 'email' ? null : link.slice('property:'.length),
    }));
