import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { invalidArgument, jsonAnswer } from './google-responses.ts';
import type { Atlas } from './google-atlas.ts';
import { readBody } from './google-body.ts';
import { applyFieldMask, readFieldMask } from './google-field-mask.ts';
import { lengthOf } from './google-routes.ts';
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

/** `POST /distanceMatrix/v2:computeRouteMatrix` */
export function computeRouteMatrix(
  atlas: Atlas,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const { mask, answer } = readFieldMask(request, FIELDS);
  if (answer) return answer;
  const body = readBody(BODY, request);
  if ('answer' in body) return body.answer;
  const { origins, destinations, travelMode, routingPreference } = body.data;
  const problem = preferenceProblem(travelMode, routingPreference) ?? sizeProblem(body.data);
  if (problem !== undefined) return invalidArgument(problem);
  const [from, to] = [origins, destinations].map((ends) =>
    ends.map(({ waypoint }) => findStop(atlas, waypoint)),
  );
  const elements = (from ?? []).flatMap((origin, originIndex) =>
    (to ?? []).map((destination, destinationIndex) => ({
      originIndex,
      destinationIndex,
      ...toElement(origin, destination, travelMode),
    })),
  );
  return jsonAnswer(200, applyFieldMask(shuffle(elements), mask) as object);
}

const BODY = z.object({
  origins: z.array(z.object({ waypoint: WAYPOINT })).min(1),
  destinations: z.array(z.object({ waypoint: WAYPOINT })).min(1),
  travelMode: TRAVEL_MODE,
  routingPreference: ROUTING_PREFERENCE,
});

const FIELDS = [
  'originIndex',
  'destinationIndex',
  'duration',
  'distanceMeters',
  'status',
  'condition',
  'staticDuration',
  'travelAdvisory',
  'fallbackInfo',
  'localizedValues',
];

/** https://developers.google.com/maps/documentation/routes/reference/rest/v2/TopLevel/computeRouteMatrix */
function sizeProblem({
  origins,
  destinations,
  travelMode,
  routingPreference,
}: z.output<typeof BODY>): string | undefined {
  const elements = origins.length * destinations.length;
  const most =
    travelMode === 'TRANSIT' || routingPreference === 'TRAFFIC_AWARE_OPTIMAL' ? 100 : 625;
  if (elements > most)
    return `The number of elements (${String(elements)}) exceeds the limit of ${String(most)}.`;
  const named = [...origins, ...destinations].filter(
    ({ waypoint }) => waypoint.location === undefined,
  ).length;
  return named > 50
    ? `The number of waypoints given by address or place id (${String(named)}) exceeds the limit of 50.`
    : undefined;
}

function toElement(origin: Stop | undefined, destination: Stop | undefined, mode: TravelMode) {
  if (!origin || !destination)
    return { status: { code: 5, message: 'Waypoint not found.' }, condition: 'ROUTE_NOT_FOUND' };
  if (!isReachable(origin, destination)) return { status: {}, condition: 'ROUTE_NOT_FOUND' };
  const { distanceMeters, seconds } = travel(origin.point, destination.point, mode);
  return { status: {}, ...lengthOf(distanceMeters, seconds), condition: 'ROUTE_EXISTS' };
}

/** Elements come in any order: here those of odd places come first, last ones before. */
const shuffle = <Element>(elements: readonly Element[]): Element[] => [
  ...elements.filter((_, index) => index % 2 === 1).toReversed(),
  ...elements.filter((_, index) => index % 2 === 0),
];
