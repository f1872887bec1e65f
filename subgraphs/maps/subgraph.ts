import { hkdfSync } from 'node:crypto';
import { readEnvironment, secret } from '../../configuration/environment.ts';
import { chooseVendor } from '../choose-vendor.ts';
import type { SubgraphModule } from '../subgraph.ts';
import { createMapsContext } from './context.ts';
import { createMapToken } from './map-token.ts';
import { mapsResolvers } from './resolvers.ts';
import { MAPS_VENDORS } from './vendors.ts';

const signing = { MAP_SIGNING_SECRET: secret().min(32, 'must have at least 32 characters.').optional() };

export const maps: SubgraphModule = {
  name: 'maps',
  vendorVariable: 'MAPS_PROVIDER',
  defaultVendor: 'google',
  vendors: MAPS_VENDORS,
  checkSettings(environment, problems) {
    readEnvironment(signing, environment, problems);
  },
  create({ sdl, environment, problems, resources }) {
    const vendor = chooseVendor(maps, environment, problems);
    const provider = vendor && MAPS_VENDORS[vendor.name]?.create(environment, problems, resources);
    const config = readEnvironment(signing, environment, problems);
    if (provider === undefined || config === undefined) return undefined;
    const mapToken = createMapToken(config.MAP_SIGNING_SECRET ?? deriveSecret(environment[vendor?.credential ?? '']));
    return {
      name: 'maps',
      sdl,
      resolvers: mapsResolvers,
      createContext: (request) => createMapsContext(provider, mapToken, request),
      files: {
        map: async (token, scope) => {
          const view = mapToken.read(token);
          return view && provider.mapImage(view, scope);
        },
      },
      close: () => provider.close(),
    };
  },
};

/** Instances that share the vendor's credential read each other's paths, and a new credential makes old ones void. RFC 5869. */
const deriveSecret = (credential = '') => new Uint8Array(hkdfSync('sha256', credential, '', 'tributary map paths', 32));
