import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyBaseLogger } from 'fastify';
import { ANYBODY } from '../access/caller.ts';
import { createCallTrace } from '../upstream/call-trace.ts';
import { clientWentAway } from './deadline.ts';
import { RequestRecord } from './request-record.ts';
import type { ServedContext } from './served-context.ts';

/** An operation in the form of a request's body. */
export interface WarmUpOperation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/**
 * Answers an operation for nobody, so that the first client does not wait for code to be loaded and compiled. Its client
 * has gone before it begins: no vendor is called, and no log tells of it.
 */
export async function warmUp(server: ApolloServer<ServedContext>, operation: WarmUpOperation, log: FastifyBaseLogger): Promise<void> {
  const scope = { signal: AbortSignal.abort(clientWentAway()), trace: createCallTrace() };
  await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: 'POST', headers: new HeaderMap([['content-type', 'application/json']]), search: '', body: operation },
    context: () => Promise.resolve({ scope, caller: ANYBODY, admission: undefined, record: new RequestRecord(), log, span: undefined }),
  });
}
