import { defineVendor, type Vendor } from '../module.ts';
import type { CrmProvider, CrmSettings } from './provider.ts';
import { hubspotChecks } from './providers/hubspot/hubspot-checks.ts';
import { hubspotSettings } from './providers/hubspot/hubspot-config.ts';
import { createHubspotProvider } from './providers/hubspot/hubspot-provider.ts';

/** The CRMs of this subgraph. */
export const CRM_VENDORS: Readonly<Record<string, Vendor<CrmSettings, CrmProvider>>> = {
  hubspot: defineVendor({
    credential: 'HUBSPOT_ACCESS_TOKEN',
    webhookSecrets: 'HUBSPOT_CLIENT_SECRETS',
    settings: hubspotSettings,
    credentialOf: ({ accessToken }) => accessToken,
    create: createHubspotProvider,
    checks: hubspotChecks,
  }),
};
