import type { FastifyInstance } from 'fastify';

/** Sets the default headers for JSON with personal data; routes can override them. */
export function addResponseHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(RESPONSE_HEADERS);
    done();
  });
}

export const RESPONSE_HEADERS = {
  // Responses contain personal data: shared caches must not store them, and a response is valid for one caller.
  'cache-control': 'private, no-store',
  vary: 'accept, accept-encoding, authorization, x-api-key',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // No response is a web page.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
