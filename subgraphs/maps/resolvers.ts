import { SCALARS } from '../scalars.ts';
import type { Resolvers } from './__generated__/resolvers.ts';
import { readMapView, readMatrix, readText, readWaypoint } from './inputs.ts';

export const mapsResolvers: Resolvers = {
  Query: {
    geocode: (_root, { address }, { loaders }) =>
      loaders.placeByAddress.load(readText('address', address)),
    reverseGeocode: (_root, { location }, { loaders }) => loaders.placeByPoint.load(location),
    places: (_root, { text, near, ...page }, { loaders }) =>
      loaders.places({ text: readText('text', text), near: near ?? null }, page),
    route: (_root, { from, to, mode }, { loaders }) =>
      loaders.routeByJourney.load({
        from: readWaypoint('from', from),
        to: readWaypoint('to', to),
        mode,
      }),
    travelTimes: (_root, matrix, { loaders, capabilities }) =>
      loaders.travelTimesByMatrix.load(readMatrix(capabilities, matrix)),
  },
  // No `__resolveReference`: the representation of an address is complete.
  PostalAddress: {
    place: ({ formatted }, _arguments, { loaders }) =>
      loaders.placeByAddress.load(readText('formatted', formatted)),
    timeZone: ({ formatted }, _arguments, { loaders }) =>
      loaders.timeZoneByAddress(readText('formatted', formatted)),
    route: ({ formatted }, { to, mode }, { loaders }) =>
      loaders.routeByJourney.load({
        from: { address: readText('formatted', formatted) },
        to: readWaypoint('to', to),
        mode,
      }),
    travelTime: ({ formatted }, { to, mode }, { loaders }) =>
      loaders.travelTimeByJourney.load({
        from: { address: readText('formatted', formatted) },
        to: readWaypoint('to', to),
        mode,
      }),
    map: ({ formatted }, { width, height, zoom }, { mapToken }) => ({
      path: `/map/${mapToken.write(readMapView({ address: formatted, width, height, zoom }))}`,
      width,
      height,
    }),
  },
  Latitude: SCALARS.Latitude,
  Longitude: SCALARS.Longitude,
  TimeZone: SCALARS.TimeZone,
};
