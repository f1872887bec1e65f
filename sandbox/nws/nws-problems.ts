import type { SandboxVendorResponse } from '../sandbox-vendor.ts';

/** Errors are problem details: https://www.rfc-editor.org/rfc/rfc9457. */
export function problem(
  status: number,
  type: string,
  title: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): SandboxVendorResponse {
  const correlationId = '4e5a1c2';
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'x-correlation-id': correlationId,
      ...headers,
    },
    body: {
      correlationId,
      title,
      type: `https://api.weather.gov/problems/${type}`,
      status,
      detail,
      instance: `https://api.weather.gov/requests/${correlationId}`,
    },
  };
}

export const notFound = (path: string) =>
  problem(404, 'NotFound', 'Not Found', `'${path}' is not a valid resource path`);

export const noData = (point: string) =>
  problem(
    404,
    'InvalidPoint',
    'Data Unavailable For Requested Point',
    `Unable to provide data for requested point ${point}`,
  );

export const badParameter = (name: string) =>
  problem(400, 'BadRequest', 'Bad Request', `Parameter "${name}" is invalid`);

/** Clients that do not say who they are never reach the service. */
export const ACCESS_DENIED: SandboxVendorResponse = {
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from(
    "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\nYou don't have permission to access this server.\n</BODY>\n</HTML>\n",
  ),
};
