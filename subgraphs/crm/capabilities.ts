import type { CrmVendorCapabilities } from './provider.ts';
import { HUBSPOT_CAPABILITIES } from './providers/hubspot/hubspot-capabilities.ts';

/** Of every CRM to choose from, for who foresees calls and runs no CRM itself. */
export const CRM_CAPABILITIES: readonly CrmVendorCapabilities[] = [HUBSPOT_CAPABILITIES];
