import { z } from 'zod';
import { readEnvironment, type Environment, type Problems } from '../../configuration/environment.ts';
import { readLifetimes } from '../cache-settings.ts';
import type { Vendor } from '../choose-vendor.ts';
import { readCustomerLink } from '../customer-link.ts';
import { ownResources } from '../subgraph-resources.ts';
import { CACHED_TYPES } from './domain.ts';
import type { CrmProvider, CrmSettings } from './provider.ts';
import { readHubspotConfig } from './providers/hubspot/hubspot-config.ts';
import { createHubspotProvider } from './providers/hubspot/hubspot-provider.ts';

export const CRM_VENDORS: Readonly<Record<string, Vendor<CrmProvider>>> = {
  hubspot: {
    credential: 'HUBSPOT_ACCESS_TOKEN',
    create: (environment, problems, resources = ownResources()) => {
      const config = readHubspotConfig(environment, problems);
      const settings = readCrmSettings(environment, problems);
      return config && settings && createHubspotProvider(config, settings, resources);
    },
  },
};

/** What holds for every CRM. */
export function readCrmSettings(environment: Environment, problems: Problems): CrmSettings | undefined {
  const link = readCustomerLink(environment, problems);
  const read = readEnvironment(VARIABLES, environment, problems);
  const lifetimes = readLifetimes('CRM', CACHED_TYPES, environment, problems);
  return read && link && lifetimes && { ...link, defaultCurrency: read.CRM_DEFAULT_CURRENCY, lifetimes };
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const VARIABLES = {
  CRM_DEFAULT_CURRENCY: z
    .string()
    .refine((code) => CURRENCIES.has(code), 'must be an ISO 4217 currency code in capitals, such as EUR.')
    .default('USD'),
};
