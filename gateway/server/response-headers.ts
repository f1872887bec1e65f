import type { FastifyInstance } from 'fastify';

/** Gives each answer the headers that are right for JSON about people; a route that answers something else says so itself. */
export function addResponseHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(RESPONSE_HEADERS);
    done();
  });
}

export const RESPONSE_HEADERS = {
  // Answers hold names, addresses and amounts: they belong into no cache, and those of one caller are not another's.
  'cache-control': 'private, no-store',
  vary: 'accept, accept-encoding, authorization, x-api-key',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Nothing here is a page, whatever somebody makes a browser believe.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
