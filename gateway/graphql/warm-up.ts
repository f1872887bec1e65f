import type { FastifyBaseLogger } from 'fastify';
import type { WarmUpOperation } from '../../subgraphs/subgraph.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { createCallTrace } from '../../request/request-scope.ts';
import { clientDisconnected } from '../../request/deadline.ts';
import type { GraphQLServer } from './graphql-server.ts';
import { RequestRecord } from './request-record.ts';

/**
 * Runs an operation so that the first client does not wait for code to be loaded and compiled. Its signal is already aborted as if the
 * client had disconnected: no vendor is called, and nothing is logged.
 */
export async function warmUp(
  server: GraphQLServer,
  operation: WarmUpOperation,
  log: FastifyBaseLogger,
): Promise<void> {
  const scope = { signal: AbortSignal.abort(clientDisconnected()), trace: createCallTrace() };
  await server.prepare(operation.query);
  const request = {
    query: operation.query,
    variables: operation.variables ?? {},
    allowsMutations: false,
    ...NOTHING_ELSE,
  };
  await server.execute(request, {
    scope,
    caller: ANONYMOUS_CALLER,
    admission: undefined,
    record: new RequestRecord(),
    log,
    span: undefined,
  });
}

const NOTHING_ELSE = { id: undefined, persisted: undefined, operationName: undefined };
