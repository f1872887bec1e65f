import type { FastifyInstance } from 'fastify';
import type { FileReader } from '../subgraphs/subgraph.ts';
import { readTraceparent } from '../monitoring/tracing.ts';
import { timeoutFor } from './deadline.ts';
import { sendError, serve } from './http-server.ts';
import { openScope } from './request-scope.ts';
import { codedError } from './visible-error.ts';

/** Serves the files that subgraphs have beside their graph, each reader at `/<prefix>/<token>`. */
export function serveFiles(app: FastifyInstance, files: Readonly<Record<string, FileReader>>, requestTimeoutMs: number): void {
  for (const [prefix, read] of Object.entries(files)) {
    serve(app, ['GET'], `/${prefix}/:token`, async (request, reply) => {
      // The route has this parameter.
      const { token } = request.params as { readonly token: string };
      const timeoutMs = timeoutFor(requestTimeoutMs, request.headers);
      const traceparent = readTraceparent(request.headers['traceparent']);
      const file = await read(token, openScope(request, reply, { timeoutMs, traceparent }));
      if (file === null) return sendError(reply, codedError('NOT_FOUND', 'There is no such file, or its link has expired.'));
      return reply
        .type(file.contentType)
        .header('cache-control', `public, max-age=${String(file.maxAge)}`)
        .removeHeader('vary')
        .send(file.body);
    });
  }
}
