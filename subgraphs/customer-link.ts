import { z } from 'zod';
import { type Environment, type Problems, readEnvironment } from '../configuration/environment.ts';

/** How people of the CRM and payers of the payment processor are found for each other. */
export interface CustomerLink {
  /** The CRM's property that holds the processor's customer id; null where they are joined by e-mail. */
  readonly referenceProperty: string | null;
}

/**
 * Reads `CUSTOMER_LINK`, which both sides have to know.
 * @returns undefined where it is wrong; the problem has then been added to `problems`.
 */
export function readCustomerLink(environment: Environment, problems: Problems): CustomerLink | undefined {
  const read = readEnvironment(VARIABLES, environment, problems);
  return read && { referenceProperty: read.CUSTOMER_LINK };
}

const VARIABLES = {
  CUSTOMER_LINK: z
    .string()
    .regex(/^(email|property:\w{1,100})$/, 'must be "email", or "property:" followed by the name of a CRM property.')
    .default('email')
    .transform((link) => (link === 'email' ? null : link.slice('property:'.length))),
};
