import type { RefusalDescription } from '../../../../upstream/vendor-refusal.ts';
import { type AnyRequest, isSafe } from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import { areaOfPath } from './hubspot-api-version.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import { type WireError, wireError } from './hubspot-wire.ts';

/**
 * Describes a refusal, with the scopes that the call needs. HubSpot's own list contains every scope for any kind of record:
 * thirty for a company.
 */
export function describeRefusal(
  { headers, body }: UpstreamResponse,
  request: AnyRequest,
): RefusalDescription {
  const error = safeParseWire(wireError, body).data;
  const correlationId = headers['x-hubspot-correlation-id'];
  return {
    category: error?.policyName ?? error?.category,
    ...(error?.category === MISSING_SCOPES && {
      needs: scopesOf(request),
      missing: requiredScopes(error),
    }),
    ...(typeof correlationId === 'string' && { correlationId }),
  };
}

export const MISSING_SCOPES = 'MISSING_SCOPES';

const requiredScopes = ({ errors = [] }: WireError) =>
  errors.flatMap(({ context }) => [
    ...(context?.['requiredGranularScopes'] ?? []),
    ...(context?.['requiredScopes'] ?? []),
  ]);

/** https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes */
export function scopesOf(request: Pick<AnyRequest, 'path' | 'semantics'>): readonly string[] {
  const [area = '', type = '', other = ''] = areaOfPath(request.path);
  const access = isSafe(request) ? 'read' : 'write';
  if (area === 'owners') return ['crm.objects.owners.read'];
  if (area === 'schemas') return ['crm.schemas.custom.read'];
  if (area === 'properties') return [`crm.schemas.${scopeOf(type)}.read`];
  // Reading a pipeline needs the scope of its records.
  const types = area === 'associations' ? [type, other] : [type];
  return types.map((of) => `crm.objects.${scopeOf(of)}.${access}`);
}

/** All custom types share one scope. */
const scopeOf = (type: string) => (type.startsWith('2-') ? 'custom' : type);
