import type { Environment, Problems } from '../../configuration/environment.ts';
import { ownResources, type SubgraphResources } from '../subgraph-resources.ts';
import { readGoogleConfig } from './providers/google/google-config.ts';
import { createGoogleProvider } from './providers/google/google-provider.ts';
import type { MapsProvider } from './provider.ts';

interface MapsVendor {
  /** The environment variable that holds the vendor's credential. */
  readonly credential: string;
  /** @returns undefined where the environment is wrong; every problem has then been added to `problems`. */
  create(environment: Environment, problems: Problems, resources?: SubgraphResources): MapsProvider | undefined;
}

/** The mapping services that can stand behind this subgraph. */
export const MAPS_VENDORS: Readonly<Record<string, MapsVendor>> = {
  google: {
    credential: 'GOOGLE_MAPS_API_KEY',
    create: (environment, problems, resources = ownResources()) => {
      const config = readGoogleConfig(environment, problems);
      return config && createGoogleProvider(config, resources);
    },
  },
};
