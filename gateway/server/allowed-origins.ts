import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isGraphOrSchemaPath } from './graph-paths.ts';

/**
 * Lets pages of some origins ask this server from a browser (the Fetch standard, CORS protocol). Never with the browser's own credentials:
 * who asks shows a key or a token.
 * @param origins as browsers send them: `https://shop.example.com`; or `*` alone
 */
export async function allowOrigins(
  app: FastifyInstance,
  origins: readonly string[],
): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    delegator: (request, decide) => {
      decide(null, {
        // What is for other machines than browsers stays closed to them: health and metrics. Pictures need no permission.
        origin: isGraphOrSchemaPath(request.routeOptions.url) ? [...origins] : false,
        methods: ['GET', 'POST'],
        allowedHeaders: REQUEST_HEADERS,
        exposedHeaders: RESPONSE_HEADERS,
        credentials: false,
        maxAge: MAX_AGE_SECONDS,
        // Another OPTIONS request is answered as any method that there is no use for.
        preflight: isPreflight(request),
      });
    },
  });
}

/** Those that this server reads and a page may not send unasked. */
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

/** Those that a page may want to read. */
const RESPONSE_HEADERS = [
  'etag',
  'x-request-id',
  'www-authenticate',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'x-tributary-cursor',
];

/** The longest that Chromium keeps a permission. */
const MAX_AGE_SECONDS = 7200;

const isPreflight = ({ headers }: FastifyRequest) =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
