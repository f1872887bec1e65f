import type { Vendor } from '../choose-vendor.ts';
import { ownResources } from '../subgraph-resources.ts';
import { readGoogleConfig } from './providers/google/google-config.ts';
import { createGoogleProvider } from './providers/google/google-provider.ts';
import type { MapsProvider } from './provider.ts';

/** The mapping services that can stand behind this subgraph. */
export const MAPS_VENDORS: Readonly<Record<string, Vendor<MapsProvider>>> = {
  google: {
    credential: 'GOOGLE_MAPS_API_KEY',
    create: (environment, problems, resources = ownResources()) => {
      const config = readGoogleConfig(environment, problems);
      return config && createGoogleProvider(config, resources);
    },
  },
};
