import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { sendError, serve } from './server/http-server.ts';
import type { RouteContext } from './graphql/service.ts';
import { codedError } from '../errors/visible-error.ts';

/** Serves the built playground: the page at `/`, its files under `/playground/`. It loads nothing from other hosts. */
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
      // The build writes a `.br` and a `.gz` file for each file.
      preCompressed: true,
    });
    serve(pages, ['GET'], '/', (_request, reply) => reply.sendFile('index.html'));
    done();
  });
}

const HEADERS = {
  // File names do not change with a build, so browsers must revalidate their copies.
  'cache-control': 'no-cache',
  // The minimum for GraphiQL and Monaco; Monaco inserts styles into the page. The policy of a worker is the one of its own file, not of the
  // page.
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
