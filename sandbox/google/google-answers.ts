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

/** Any key will do that does not say that it won't. It comes in the query or, for the newer services, in a header. */
export function keyProblem({
  query,
  headers,
}: SandboxVendorRequest): 'missing' | 'invalid' | undefined {
  const key = headers['x-goog-api-key'] ?? query.get('key') ?? '';
  if (key === '') return 'missing';
  return key.includes('invalid') ? 'invalid' : undefined;
}
