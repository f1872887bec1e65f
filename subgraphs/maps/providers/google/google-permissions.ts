import type { RefusalDescription } from '../../../../upstream/vendor-refusal.ts';
import type { AnyRequest } from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import { rpcErrorSchema, statusSchema } from './google-wire.ts';

/** Describes a refusal, with the API that the key needs. Google's older services have no correlation id. */
export function describeRefusal(
  { body }: UpstreamResponse,
  request: AnyRequest,
): RefusalDescription {
  const category = categoryOf(body);
  const api = apiOf(request);
  return {
    category,
    ...(category !== undefined &&
      IS_DENIED.test(category) &&
      api !== undefined && { needs: [api] }),
  };
}

/** Google's reason, such as `API_KEY_SERVICE_BLOCKED`, if there is one: https://google.aip.dev/193 */
export function categoryOf(body: unknown): string | undefined {
  const part: unknown = Array.isArray(body) ? body[0] : body;
  const { error } = safeParseWire(rpcErrorSchema, part).data ?? {};
  if (error === undefined) return safeParseWire(statusSchema, body).data?.status;
  const [reason] = error.details.flatMap((detail) =>
    typeof detail.reason === 'string' ? [detail.reason] : [],
  );
  return reason ?? error.status;
}

export const IS_DENIED =
  /^(?:REQUEST_DENIED|PERMISSION_DENIED|SERVICE_DISABLED|API_KEY_\w+|BILLING_\w+)$/;

/** The API's name in the Google Cloud console. */
export const apiOf = ({ path }: Pick<AnyRequest, 'path'>): string | undefined =>
  APIS.find(([prefix]) => path.startsWith(prefix))?.[1];

const APIS = [
  ['/maps/api/geocode', 'Geocoding API'],
  ['/maps/api/timezone', 'Time Zone API'],
  ['/maps/api/staticmap', 'Maps Static API'],
  ['/directions', 'Routes API'],
  ['/distanceMatrix', 'Routes API'],
  ['/v1/places', 'Places API (New)'],
] as const;
