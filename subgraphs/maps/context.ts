import type { SubgraphRequest } from '../subgraph.ts';
import { createMapsLoaders, type MapsLoaders } from './loaders.ts';
import type { MapToken } from './map-token.ts';
import type { MapsCapabilities, MapsProvider } from './provider.ts';

/** The context of the resolvers for one client request. */
export interface MapsContext {
  readonly loaders: MapsLoaders;
  readonly capabilities: MapsCapabilities;
  readonly mapToken: MapToken;
}

export function createMapsContext(
  provider: MapsProvider,
  mapToken: MapToken,
  request: SubgraphRequest,
): MapsContext {
  return {
    loaders: createMapsLoaders(provider, request),
    capabilities: provider.capabilities,
    mapToken,
  };
}
