import { randomUUID } from 'node:crypto';
import type { SandboxVendorResponse } from '../sandbox-vendor.ts';

const JSON_TYPE = { 'content-type': 'application/json;charset=utf-8' };

export const jsonAnswer = (status: number, body: object): SandboxVendorResponse => ({
  status,
  headers: JSON_TYPE,
  body,
});

/** A batch's answer: 207 where some of it failed. */
export function batchAnswer(
  status: number,
  results: readonly object[],
  errors: readonly object[],
): SandboxVendorResponse {
  const now = new Date().toISOString();
  const complete = { status: 'COMPLETE', results, startedAt: now, completedAt: now };
  return errors.length === 0
    ? jsonAnswer(status, complete)
    : jsonAnswer(207, { ...complete, numErrors: errors.length, errors });
}

/** HubSpot's error body. Its `category` is often missing, and so it is optional here. */
export function errorAnswer(
  status: number,
  message: string,
  category?: string,
  more: object = {},
): SandboxVendorResponse {
  const correlationId = randomUUID();
  return {
    status,
    headers: { ...JSON_TYPE, 'x-hubspot-correlation-id': correlationId },
    body: {
      status: 'error',
      message,
      correlationId,
      ...more,
      ...(category === undefined ? {} : { category }),
    },
  };
}

/** A record that does not exist is answered with a page, not with JSON. */
export function notFoundPage(): SandboxVendorResponse {
  const page = `<html>
<head>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<title>Error 404 Not Found</title>
</head>
<body><h2>HTTP ERROR 404</h2>
<p>Resource not found</p>
</body>
</html>
`;
  return {
    status: 404,
    headers: { 'content-type': 'text/html;charset=iso-8859-1', 'x-hubspot-notfound': 'true' },
    body: Buffer.from(page),
  };
}

export const validationError = (message: string) => errorAnswer(400, message, 'VALIDATION_ERROR');
