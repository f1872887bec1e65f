import { type CommonSettings, defineVendor, type Vendor } from '../module.ts';
import type { MapsProvider } from './provider.ts';
import { googleChecks } from './providers/google/google-checks.ts';
import { googleSettings } from './providers/google/google-config.ts';
import { createGoogleProvider } from './providers/google/google-provider.ts';

/** The mapping services of this subgraph. */
export const MAPS_VENDORS: Readonly<Record<string, Vendor<CommonSettings, MapsProvider>>> = {
  google: defineVendor({
    credential: 'GOOGLE_MAPS_API_KEY',
    settings: googleSettings,
    credentialOf: ({ apiKey }) => apiKey,
    create: (config, _settings, resources) => createGoogleProvider(config, resources),
    checks: googleChecks,
  }),
};
