import type { FastifyBaseLogger } from 'fastify';
import type { WarmUpOperation } from '../../subgraphs/subgraph.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { createCallTrace } from '../../request/request-scope.ts';
import { clientDisconnected } from '../../request/deadline.ts';
import type { GraphQLServer } from './graphql-server.ts';
import { RequestRecord } from './request-record.ts';

/**
 * Answers an operation for nobody, so that the first client does not wait for code to be loaded and compiled. Its client
 * has gone before it begins: no vendor is called, and no log tells of it.
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
