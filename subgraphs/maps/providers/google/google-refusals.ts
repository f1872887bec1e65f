import { UpstreamError, type UpstreamErrorCode } from '../../../../upstream/upstream-error.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import { MAX_ENTRIES, safeParseWire } from '../../../../upstream/wire.ts';
import { rpcErrorSchema, statusSchema } from './google-wire.ts';
import { MAPS } from '../../service.ts';

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
export const RPC_ERRORS: readonly {
  readonly number: number;
  readonly name: string;
  readonly code: UpstreamErrorCode;
}[] = [
  { number: 2, name: 'UNKNOWN', code: 'UPSTREAM_UNAVAILABLE' },
  { number: 4, name: 'DEADLINE_EXCEEDED', code: 'UPSTREAM_UNAVAILABLE' },
  { number: 7, name: 'PERMISSION_DENIED', code: 'UPSTREAM_AUTH' },
  { number: 8, name: 'RESOURCE_EXHAUSTED', code: 'UPSTREAM_RATE_LIMITED' },
  { number: 13, name: 'INTERNAL', code: 'UPSTREAM_UNAVAILABLE' },
  { number: 14, name: 'UNAVAILABLE', code: 'UPSTREAM_UNAVAILABLE' },
  { number: 16, name: 'UNAUTHENTICATED', code: 'UPSTREAM_AUTH' },
];

/** Errors of Routes and Places; a matrix is a stream, in which an error is an element of the array. */
export function explainRpcResponse({
  status,
  body,
}: UpstreamResponse): UpstreamError | UpstreamErrorCode | undefined {
  for (const part of Array.isArray(body) ? (body as unknown[]).slice(0, MAX_ENTRIES) : [body]) {
    // Most parts are elements of a matrix, which need no schema for this check.
    if (!Object.hasOwn(Object(part) as object, 'error')) continue;
    const { error } = safeParseWire(rpcErrorSchema, part).data ?? {};
    if (error === undefined) continue;
    // Google reports a wrong key as an invalid argument: https://cloud.google.com/apis/design/errors#error_info
    if (error.details.some(({ reason }) => reason === 'API_KEY_INVALID')) return 'UPSTREAM_AUTH';
    const known = RPC_ERRORS.find(({ name }) => name === error.status);
    if (known !== undefined) return known.code;
    if (error.status === 'NOT_FOUND') return undefined;
  }
  // A 404 that is not from the vendor comes from a proxy or another host.
  return status === 404 ? incomplete('a 404 without its reason') : undefined;
}

/** https://developers.google.com/maps/documentation/geocoding/requests-geocoding#StatusCodes */
export function explainStatusResponse({ body }: UpstreamResponse): UpstreamErrorCode | undefined {
  const { status } = safeParseWire(statusSchema, body).data ?? {};
  if (status === undefined || status === 'OK' || status === 'ZERO_RESULTS') return undefined;
  return STATUS_CODES.get(status) ?? 'UPSTREAM_CONTRACT';
}

const STATUS_CODES: ReadonlyMap<string, UpstreamErrorCode> = new Map([
  ['OVER_QUERY_LIMIT', 'UPSTREAM_RATE_LIMITED'],
  // The key or the billing is missing, or the operator's own cap is reached: waiting does not help.
  ['OVER_DAILY_LIMIT', 'UPSTREAM_AUTH'],
  ['REQUEST_DENIED', 'UPSTREAM_AUTH'],
  ['INVALID_REQUEST', 'UPSTREAM_REJECTED'],
  ['UNKNOWN_ERROR', 'UPSTREAM_UNAVAILABLE'],
]);

export const incomplete = (what: string) =>
  new UpstreamError('UPSTREAM_CONTRACT', MAPS, { cause: new Error(`Google sent ${what}.`) });
