import type { FastifyInstance } from 'fastify';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import type { SignCaller } from '../access/services/signed-caller.ts';
import { clientKeyOf } from '../../request/client-key.ts';
import { readTraceparent } from '../../monitoring/tracing.ts';
import { timeoutFor } from '../../request/deadline.ts';
import { NOT_FOUND, sendError, serve } from '../server/http-server.ts';
import { openScope } from './request-scope.ts';
import type { CurrentGraph } from './served-graph.ts';
import { codedError } from '../../errors/visible-error.ts';

export interface FileRouteOptions {
  /** The first path segments of files. */
  readonly filePrefixes: readonly string[];
  readonly requestTimeoutMs: number;
  /** @default services do not receive the caller */
  readonly signCaller?: SignCaller | undefined;
}

/** Serves the files of subgraphs at `/<prefix>/<token>`. The token is the only credential. */
export function serveFiles(
  app: FastifyInstance,
  graphs: CurrentGraph,
  { filePrefixes, requestTimeoutMs, signCaller }: FileRouteOptions,
): void {
  for (const prefix of filePrefixes) {
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
      const graph = graphs.value;
      const read = graph.source.files[prefix];
      if (read === undefined) return sendError(reply, codedError('NOT_FOUND', NOT_FOUND));
      graph.enter();
      const file = await read(
        token,
        openScope(request, reply.raw, { timeoutMs, traceparent }),
      ).finally(() => {
        graph.leave();
      });
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
