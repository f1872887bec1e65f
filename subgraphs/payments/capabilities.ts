import type { PaymentsCapabilities } from './provider.ts';
import { STRIPE_CAPABILITIES } from './providers/stripe/stripe-capabilities.ts';

/** The capabilities of every payment processor, for call estimates of a process that runs no processor itself. */
export const PAYMENTS_CAPABILITIES: readonly PaymentsCapabilities[] = [STRIPE_CAPABILITIES];
