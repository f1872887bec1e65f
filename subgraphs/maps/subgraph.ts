import { integer, oneOf, readEnvironment, secret } from '../../configuration/environment.ts';
import { chooseVendor } from '../choose-vendor.ts';
import { accountOf } from '../../upstream/upstream-policy.ts';
import type { SubgraphModule } from '../subgraph.ts';
import { ownResources } from '../subgraph-resources.ts';
import { createMapsContext } from './context.ts';
import { keepPlaces } from './kept-places.ts';
import { createMapToken } from './map-token.ts';
import { MapPictures } from './map-pictures.ts';
import { mapsResolvers } from './resolvers.ts';
import { MAPS_VENDORS } from './vendors.ts';

const settings = {
  MAP_SIGNING_SECRET: secret().min(32, 'must have at least 32 characters.').optional(),
  MAP_LINK_SECONDS: integer({ min: 60, max: 30 * 86_400 }).default(86_400),
  MAP_CALLS_PER_MINUTE: integer({ min: 1, max: 10_000 }).default(30),
  MAPS_KEEP_PLACES: oneOf(['true', 'false']).default('false'),
};

export const maps: SubgraphModule = {
  name: 'maps',
  vendorVariable: 'MAPS_PROVIDER',
  defaultVendor: 'google',
  vendors: MAPS_VENDORS,
  checkSettings(environment, problems) {
    readEnvironment(settings, environment, problems);
  },
  create({ sdl, environment, problems, resources = ownResources() }) {
    const vendor = chooseVendor(maps, environment, problems);
    const created = vendor && MAPS_VENDORS[vendor.name]?.create(environment, problems, resources);
    const config = readEnvironment(settings, environment, problems);
    if (vendor === undefined || created === undefined || config === undefined) return undefined;
    const credential = environment[vendor.credential] ?? '';
    // Instances that share the vendor's credential read each other's links, and a new credential makes old ones void.
    const mapToken = createMapToken({ secret: config.MAP_SIGNING_SECRET ?? credential, linkSeconds: config.MAP_LINK_SECONDS });
    const { state, monitor } = resources;
    const onLookup = (found: 'hit' | 'miss') => {
      monitor.looked(vendor.name, found);
    };
    const owner = `${vendor.name}:${accountOf(credential)}`;
    const provider = config.MAPS_KEEP_PLACES === 'true' ? keepPlaces(created, { places: state.answers, owner, onLookup }) : created;
    const callsPerMinute = config.MAP_CALLS_PER_MINUTE;
    const pictures = new MapPictures(provider, { callsPerMinute, budgets: state.budgets, owner, onLookup });
    return {
      name: 'maps',
      sdl,
      resolvers: mapsResolvers,
      createContext: (request) => createMapsContext(provider, mapToken, request),
      files: {
        map: async (token, scope) => {
          const view = mapToken.read(token);
          return view && pictures.read(view, scope);
        },
      },
      close: () => provider.close(),
    };
  },
};
