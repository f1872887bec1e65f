import type {
  SandboxVendor,
  SandboxVendorResponse,
  SandboxVendorRequest,
} from '../sandbox-vendor.ts';
import type { World } from '../world/world.ts';
import { jsonAnswer, keyProblem, rpcError, serviceOf } from './google-responses.ts';
import { buildAtlas, type Atlas } from './google-atlas.ts';
import { geocode } from './google-geocoding.ts';
import { DETAILS_PATH, legacyPlaceDetails, placeDetails } from './google-place-details.ts';
import { searchText } from './google-places-search.ts';
import { computeRouteMatrix } from './google-route-matrix.ts';
import { computeRoutes } from './google-routes.ts';
import { drawStaticMap } from './google-static-map.ts';
import { findTimeZone } from './google-time-zone.ts';

/** Google Maps Platform: all services on one host, as their paths don't collide. */
export function createGoogleSandboxVendor(
  world: World,
  now: () => number = Date.now,
): SandboxVendor {
  const atlas = buildAtlas(world);
  let recentCalls: number[] = [];

  function isOverLimit(): boolean {
    recentCalls = [...recentCalls.filter((time) => now() - time < 60_000), now()];
    return recentCalls.length > CALLS_PER_MINUTE;
  }

  function answer(this: SandboxVendor, request: SandboxVendorRequest): SandboxVendorResponse {
    const legacy = LEGACY[`${request.method} ${request.path}`];
    const isRefused = this.limits === true && isOverLimit();
    // Under a quota error the older services answer 200 and no results.
    if (legacy)
      return isRefused
        ? jsonAnswer(200, { error_message: 'Please wait.', status: 'OVER_QUERY_LIMIT' })
        : legacy(atlas, request);
    const path = decodePath(request.path);
    const current =
      CURRENT[`${request.method} ${path}`] ??
      (request.method === 'GET' && path.startsWith(DETAILS_PATH) ? placeDetails : undefined);
    if (!current) return rpcError(404, 'NOT_FOUND', 'Requested entity was not found.');
    return isRefused ? failure(429) : (keyRefusal(request) ?? current(atlas, request));
  }

  return { vendor: 'google', limits: false, answer, failure };
}

/** Broken percent-encoding names nothing. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

type Service = (atlas: Atlas, request: SandboxVendorRequest) => SandboxVendorResponse;

const LEGACY: Readonly<Record<string, Service>> = {
  'GET /maps/api/geocode/json': geocode,
  'GET /maps/api/place/details/json': legacyPlaceDetails,
  'GET /maps/api/timezone/json': findTimeZone,
  'GET /maps/api/staticmap': drawStaticMap,
};

const CURRENT: Readonly<Record<string, Service>> = {
  'POST /directions/v2:computeRoutes': computeRoutes,
  'POST /distanceMatrix/v2:computeRouteMatrix': computeRouteMatrix,
  'POST /v1/places:searchText': searchText,
};

/** https://developers.google.com/maps/documentation/geocoding/usage-and-billing, "Other usage limits". */
const CALLS_PER_MINUTE = 3000;

function failure(status: 429 | 500): SandboxVendorResponse {
  if (status === 500) return rpcError(500, 'INTERNAL', 'Internal error encountered.');
  return rpcError(
    429,
    'RESOURCE_EXHAUSTED',
    'Quota exceeded for quota metric and limit of the service.',
  );
}

function keyRefusal(request: SandboxVendorRequest): SandboxVendorResponse | undefined {
  switch (keyProblem(request)) {
    case undefined:
      return undefined;
    case 'missing':
      return rpcError(
        403,
        'PERMISSION_DENIED',
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      );
    case 'blocked': {
      const service = `${serviceOf(request.path)}.googleapis.com`;
      return rpcError(403, 'PERMISSION_DENIED', `Requests to this API ${service} are blocked.`, [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'API_KEY_SERVICE_BLOCKED',
          domain: 'googleapis.com',
          metadata: { consumer: 'projects/123456789012', service },
        },
      ]);
    }
    case 'invalid':
      return rpcError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'API_KEY_INVALID',
          domain: 'googleapis.com',
        },
      ]);
  }
}
