import type { GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { ServedContext } from './served-context.ts';

/**
 * A client that reads only `application/json` cannot tell a GraphQL answer with status 400 from one by something in
 * between: such answers have status 200. See "application/json" in the GraphQL over HTTP specification, 6.4.1.
 * A client that accepts anything gets the status that says most.
 */
export function setPlainJsonStatus({ request, response, errors }: GraphQLRequestContextWillSendResponse<ServedContext>): void {
  if (response.http.status !== 400) return;
  const accept = request.http?.headers.get('accept') ?? '';
  const plain = accept.includes('application/json') && !accept.includes('application/graphql-response+json');
  const refused = errors?.every(({ extensions }) => REFUSALS.has(extensions['code'])) ?? false;
  if (plain && refused) response.http.status = 200;
}

const REFUSALS: ReadonlySet<unknown> = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);
