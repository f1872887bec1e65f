import type { PaymentsCapabilities } from './provider.ts';
import { STRIPE_CAPABILITIES } from './providers/stripe/stripe-capabilities.ts';

/** Of every payment processor to choose from, for who foresees calls and runs no processor itself. */
export const PAYMENTS_CAPABILITIES: readonly PaymentsCapabilities[] = [STRIPE_CAPABILITIES];
