import type { MapsCapabilities } from '../../provider.ts';

export const GOOGLE_CAPABILITIES: MapsCapabilities = {
  // https://developers.google.com/maps/documentation/routes/compute_route_matrix, "Request limits", and for transit
  // https://developers.google.com/maps/documentation/routes/reference/rest/v2/TopLevel/computeRouteMatrix
  maxMatrixElements: { DRIVE: 625, WALK: 625, BICYCLE: 625, TRANSIT: 100 },
  maxNamedWaypoints: 50,
  // https://developers.google.com/maps/documentation/places/web-service/text-search#page-size
  maxPlacesPageSize: 20,
  maxPlaces: 60,
  // https://cloud.google.com/maps-platform/terms/maps-service-terms, "Caching"; ids older than a year must be refreshed:
  // https://developers.google.com/maps/documentation/places/web-service/place-id#refresh-id
  caching: { idSeconds: 365 * 86_400, locationSeconds: 30 * 86_400 },
};
