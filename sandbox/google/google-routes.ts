import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { invalidArgument, jsonAnswer } from './google-responses.ts';
import type { Atlas } from './google-atlas.ts';
import { readBody } from './google-body.ts';
import { applyFieldMask, readFieldMask } from './google-field-mask.ts';
import type { Point } from './google-place.ts';
import { encodePolyline } from './google-polyline.ts';
import { travel, type TravelMode } from './google-travel.ts';
import {
  findStop,
  isReachable,
  preferenceProblem,
  ROUTING_PREFERENCE,
  TRAVEL_MODE,
  WAYPOINT,
  type Stop,
} from './google-waypoint.ts';

/** `POST /directions/v2:computeRoutes` */
export function computeRoutes(atlas: Atlas, request: SandboxVendorRequest): SandboxVendorResponse {
  const { mask, answer } = readFieldMask(request, FIELDS);
  if (answer) return answer;
  const body = readBody(BODY, request);
  if ('answer' in body) return body.answer;
  const { origin, intermediates, destination, travelMode, routingPreference } = body.data;
  const problem = preferenceProblem(travelMode, routingPreference);
  if (problem !== undefined) return invalidArgument(problem);
  const stops = [origin, ...intermediates, destination].map((waypoint) =>
    findStop(atlas, waypoint),
  );
  // An answer without any route is an empty object: empty lists are left out.
  return jsonAnswer(
    200,
    applyFieldMask(
      { ...toRoutes(stops, travelMode), geocodingResults: toGeocodingResults(stops) },
      mask,
    ) as object,
  );
}

const BODY = z.object({
  origin: WAYPOINT,
  destination: WAYPOINT,
  intermediates: z.array(WAYPOINT).max(25).default([]),
  travelMode: TRAVEL_MODE,
  routingPreference: ROUTING_PREFERENCE,
});

const FIELDS = [
  'routes.distanceMeters',
  'routes.duration',
  'routes.polyline.encodedPolyline',
  'routes.staticDuration',
  'routes.description',
  'routes.warnings',
  'routes.legs',
  'routes.viewport',
  'routes.routeLabels',
  'routes.localizedValues',
  'routes.travelAdvisory',
  'routes.optimizedIntermediateWaypointIndex',
  'routes.routeToken',
  'fallbackInfo',
  'geocodingResults',
];

function toRoutes(stops: readonly (Stop | undefined)[], mode: TravelMode) {
  const known = stops.filter((stop) => stop !== undefined);
  const pairs = known.slice(1).map((to, index) => [known[index] ?? to, to] as const);
  if (known.length < stops.length || !pairs.every(([from, to]) => isReachable(from, to))) return {};
  const legs = pairs.map(([from, to]) => toLeg(from.point, to.point, mode));
  const { distanceMeters, seconds } = sum(legs);
  const route = {
    routeLabels: ['DEFAULT_ROUTE'],
    legs: legs.map(({ answer }) => answer),
    ...lengthOf(distanceMeters, seconds),
    polyline: { encodedPolyline: encodePolyline(legs.flatMap(({ points }) => points)) },
    ...(mode === 'TRANSIT' ? {} : { description: `A${String((distanceMeters % 97) + 1)}` }),
    viewport: viewportOf(legs.flatMap(({ points }) => points)),
  };
  return { routes: [route] };
}

function toLeg(from: Point, to: Point, mode: TravelMode) {
  const { distanceMeters, seconds } = travel(from, to, mode);
  const points = pointsBetween(from, to);
  const answer = {
    ...lengthOf(distanceMeters, seconds),
    polyline: { encodedPolyline: encodePolyline(points) },
    startLocation: { latLng: from },
    endLocation: { latLng: to },
  };
  return { distanceMeters, seconds, points, answer };
}

/** Numbers that are zero are left out, as everywhere in Google's JSON; a duration is text, and stays. */
export const lengthOf = (distanceMeters: number, seconds: number) => ({
  ...(distanceMeters === 0 ? {} : { distanceMeters }),
  duration: `${String(seconds)}s`,
  staticDuration: `${String(seconds)}s`,
});

const sum = (legs: readonly { readonly distanceMeters: number; readonly seconds: number }[]) => ({
  distanceMeters: legs.reduce((total, leg) => total + leg.distanceMeters, 0),
  seconds: legs.reduce((total, leg) => total + leg.seconds, 0),
});

/** A way of a few bends, from the one point to the other. */
function pointsBetween(from: Point, to: Point): Point[] {
  const between = [0.2, 0.4, 0.6, 0.8].map((part, index) => {
    const bend = (index % 2 === 0 ? 0.03 : -0.03) * (to.latitude - from.latitude);
    return {
      latitude: from.latitude + part * (to.latitude - from.latitude),
      longitude: from.longitude + part * (to.longitude - from.longitude) + bend,
    };
  });
  return [from, ...between, to];
}

function viewportOf(points: readonly Point[]) {
  const [latitudes, longitudes] = [
    points.map(({ latitude }) => latitude),
    points.map(({ longitude }) => longitude),
  ];
  return {
    low: { latitude: Math.min(...latitudes), longitude: Math.min(...longitudes) },
    high: { latitude: Math.max(...latitudes), longitude: Math.max(...longitudes) },
  };
}

function toGeocodingResults(stops: readonly (Stop | undefined)[]) {
  const toResult = (stop: Stop | undefined) =>
    stop
      ? { geocoderStatus: {}, ...(stop.placeId === undefined ? {} : { placeId: stop.placeId }) }
      : { geocoderStatus: { code: 5 } };
  return { origin: toResult(stops[0]), destination: toResult(stops.at(-1)) };
}
