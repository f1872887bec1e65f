import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';

export const jsonAnswer = (status: number, body: object): SandboxVendorResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body,
});

/** The error body of the newer services: https://cloud.google.com/apis/design/errors. */
export const rpcError = (
  code: number,
  status: string,
  message: string,
  details?: readonly object[],
) => jsonAnswer(code, { error: { code, message, status, ...(details ? { details } : {}) } });

export const invalidArgument = (message: string) => rpcError(400, 'INVALID_ARGUMENT', message);

/**
 * Any key opens the sandbox but one with `invalid` in it; one with `without-routes` is not allowed to call the Routes API. A key comes in
 * the query or, for the newer services, in a header.
 */
export function keyProblem({
  path,
  query,
  headers,
}: SandboxVendorRequest): 'missing' | 'invalid' | 'blocked' | undefined {
  const key = headers['x-goog-api-key'] ?? query.get('key') ?? '';
  if (key === '') return 'missing';
  if (key.includes('invalid')) return 'invalid';
  return key.includes(`without-${serviceOf(path)}`) ? 'blocked' : undefined;
}

/** `routes` for paths of the Routes API; those of the older services name it. */
export function serviceOf(path: string): string {
  const [, first = '', , third = ''] = path.split('/');
  if (first === 'directions' || first === 'distanceMatrix') return 'routes';
  return first === 'maps' ? third : 'places';
}
