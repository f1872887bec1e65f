import { z } from 'zod';

/** How CRM contacts and customers of the payment processor are matched. */
export interface CustomerLink {
  /** The CRM property that contains the processor's customer id; null if they are matched by e-mail. */
  readonly referenceProperty: string | null;
}

/** `CUSTOMER_LINK`, a setting of both subgraphs. */
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
