import { z } from 'zod';
import { wireList } from '../../../../upstream/wire.ts';

// The parts of Google's responses that this provider reads. Objects may contain more.
// Routes and Places omit a field that has its type's default value, such as 0:
// https://protobuf.dev/programming-guides/json/#field-representation

/** https://developers.google.com/maps/documentation/geocoding/requests-geocoding#GeocodingResponses */
export const geocodingSchema = z.object({
  results: wireList(
    z.object({
      place_id: z.string().min(1, { abort: true }),
      formatted_address: z.string(),
      partial_match: z.boolean().optional(),
      geometry: z.object({
        location: z.object({ lat: z.number(), lng: z.number() }),
        location_type: z.string().optional(),
      }),
    }),
  ),
});
export type GeocodingWire = z.input<typeof geocodingSchema>;
export type GeocodingResult = z.output<typeof geocodingSchema>['results'][number];

/** https://developers.google.com/maps/documentation/timezone/requests-timezone#time-zone-responses */
export const timeZoneSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('OK'), timeZoneId: z.string().min(1, { abort: true }) }),
  z.object({ status: z.literal('ZERO_RESULTS') }),
]);

/** Values of the graph's `Int`, which has 32 bits. */
const int32 = z.int().min(0, { abort: true }).max(2_147_483_647, { abort: true });

/** https://protobuf.dev/programming-guides/json/: a `google.protobuf.Duration`, such as "3.5s". */
const durationSchema = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?s$/, { abort: true })
  .transform((text) => Math.round(Number.parseFloat(text)));

/** https://developers.google.com/maps/documentation/routes/reference/rest/v2/TopLevel/computeRoutes#response-body */
export const routesSchema = z.object({
  routes: wireList(
    z.object({
      distanceMeters: int32.default(0),
      duration: durationSchema.optional(),
      description: z.string().optional(),
      polyline: z.object({ encodedPolyline: z.string() }).optional(),
    }),
  ).default([]),
});
export type RouteWire = z.output<typeof routesSchema>['routes'][number];

/** https://developers.google.com/maps/documentation/routes/reference/rest/v2/TopLevel/computeRouteMatrix#response-body */
export const matrixSchema = wireList(
  z.object({
    originIndex: z.int().default(0),
    destinationIndex: z.int().default(0),
    status: z.object({ code: z.int().default(0) }).optional(),
    condition: z.string().optional(),
    distanceMeters: int32.default(0),
    duration: durationSchema.optional(),
  }),
);
export type MatrixElement = z.output<typeof matrixSchema>[number];

/** https://developers.google.com/maps/documentation/places/web-service/reference/rest/v1/places/searchText#response-body */
export const searchTextSchema = z.object({
  places: wireList(
    z.object({
      id: z.string().min(1, { abort: true }),
      displayName: z.object({ text: z.string().optional() }).optional(),
      formattedAddress: z.string().optional(),
      location: z
        .object({ latitude: z.number().default(0), longitude: z.number().default(0) })
        .optional(),
    }),
  ).default([]),
  nextPageToken: z.string().optional(),
});
export type PlaceWire = z.output<typeof searchTextSchema>['places'][number];

/** The older Maps APIs report the status in the body, also with HTTP 200. */
export const statusSchema = z.object({ status: z.string() });

/** https://google.aip.dev/193: errors of Routes and Places. */
export const rpcErrorSchema = z.object({
  error: z.object({
    status: z.string(),
    details: wireList(z.object({ reason: z.unknown().optional() })).default([]),
  }),
});
