import type { CrmVendorCapabilities } from './provider.ts';
import { HUBSPOT_CAPABILITIES } from './providers/hubspot/hubspot-capabilities.ts';

/** The capabilities of every CRM, for call estimates of a process that runs no CRM itself. */
export const CRM_CAPABILITIES: readonly CrmVendorCapabilities[] = [HUBSPOT_CAPABILITIES];
