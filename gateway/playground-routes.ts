import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { sendError, serve } from './server/http-server.ts';
import type { RouteContext } from './graphql/service.ts';
import { codedError } from '../errors/visible-error.ts';

/** Serves the built playground: its page at `/`, what it needs under `/playground/`. Nothing of it comes from elsewhere. */
export function servePlayground(
  app: FastifyInstance,
  directory: URL,
  countByAddress: RouteContext['countByAddress'],
): void {
  const root = fileURLToPath(directory);
  if (!existsSync(`${root}/index.html`)) {
    const message = 'The playground is not built: run `npm run build`.';
    serve(app, ['GET'], '/', (_request, reply) =>
      sendError(reply, codedError('NOT_FOUND', message)),
    );
    return;
  }
  app.register((pages, _options, done) => {
    countByAddress(pages, 'playground');
    pages.addHook('onRequest', (_request, reply, next) => {
      void reply.headers(HEADERS);
      next();
    });
    pages.register(staticFiles, {
      root,
      prefix: '/playground/',
      index: false,
      cacheControl: false,
      // The build writes each file's `.br` and `.gz` beside it.
      preCompressed: true,
    });
    serve(pages, ['GET'], '/', (_request, reply) => reply.sendFile('index.html'));
    done();
  });
}

const HEADERS = {
  // File names stay the same over builds, so a browser has to ask each time whether its copy still holds.
  'cache-control': 'no-cache',
  // What GraphiQL and Monaco need and nothing more; Monaco writes its styles into the page. A worker is bound by the policy of its own
  // file, not by the page's.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};
