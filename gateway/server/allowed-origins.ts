import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isGraphOrSchemaPath } from './graph-paths.ts';

/**
 * Allows pages of some origins to call this server from a browser (the Fetch standard, CORS protocol). Never with the browser's own
 * credentials: callers send a key or a token.
 * @param origins as browsers send them: `https://shop.example.com`; or only `*`
 */
export async function allowOrigins(
  app: FastifyInstance,
  origins: readonly string[],
): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    delegator: (request, decide) => {
      decide(null, {
        // Health and metrics are not for browsers. Pictures need no permission.
        origin: isGraphOrSchemaPath(request.routeOptions.url) ? [...origins] : false,
        methods: ['GET', 'POST'],
        allowedHeaders: REQUEST_HEADERS,
        exposedHeaders: RESPONSE_HEADERS,
        credentials: false,
        maxAge: MAX_AGE_SECONDS,
        // Other OPTIONS requests get 405, like any unsupported method.
        preflight: isPreflight(request),
      });
    },
  });
}

/** The headers that this server reads and that a page needs permission to send. */
const REQUEST_HEADERS = [
  'authorization',
  'x-api-key',
  'content-type',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'apollographql-client-name',
  'apollographql-client-version',
  'graphql-client-name',
  'graphql-client-version',
  'if-none-match',
  'last-event-id',
  'x-request-id',
  'x-request-timeout-ms',
  'priority',
  'traceparent',
  'x-tributary-trace',
  'x-tributary-cursor',
];

/** The headers that pages can read. */
const RESPONSE_HEADERS = [
  'etag',
  'x-request-id',
  'www-authenticate',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'x-tributary-cursor',
];

/** Chromium's maximum. */
const MAX_AGE_SECONDS = 7200;

const isPreflight = ({ headers }: FastifyRequest) =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
