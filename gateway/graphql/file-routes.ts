import type { FastifyInstance } from 'fastify';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import type { SignCaller } from '../access/services/signed-caller.ts';
import { clientKeyOf } from '../../request/client-key.ts';
import { readTraceparent } from '../../monitoring/tracing.ts';
import type { FileReader } from '../../subgraphs/subgraph.ts';
import { timeoutFor } from '../../request/deadline.ts';
import { sendError, serve } from '../server/http-server.ts';
import { openScope } from './request-scope.ts';
import { codedError } from '../../errors/visible-error.ts';

export interface FileRouteOptions {
  /** By the first part of their path. */
  readonly files: Readonly<Record<string, FileReader>>;
  readonly requestTimeoutMs: number;
  /** @default services are not told who asks */
  readonly signCaller?: SignCaller | undefined;
}

/** Serves the files that subgraphs have beside their graph, each reader at `/<prefix>/<token>`, to anybody who has the token. */
export function serveFiles(
  app: FastifyInstance,
  { files, requestTimeoutMs, signCaller }: FileRouteOptions,
): void {
  for (const [prefix, read] of Object.entries(files)) {
    serve(app, ['GET'], `/${prefix}/:token`, async (request, reply) => {
      // The route has this parameter.
      const { token } = request.params as { readonly token: string };
      const timeoutMs = timeoutFor(requestTimeoutMs, request.headers);
      const traceparent = readTraceparent(request.headers['traceparent']);
      if (signCaller !== undefined)
        request.callerHeaders = await signCaller(
          ANONYMOUS_CALLER,
          clientKeyOf(ANONYMOUS_CALLER, request.ip),
        );
      const file = await read(token, openScope(request, reply, { timeoutMs, traceparent }));
      if (file === null)
        return sendError(
          reply,
          codedError('NOT_FOUND', 'There is no such file, or its link has expired.'),
        );
      return reply
        .type(file.contentType)
        .header('cache-control', `public, max-age=${String(file.maxAge)}`)
        .removeHeader('vary')
        .send(file.body);
    });
  }
}
