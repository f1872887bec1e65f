import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { beginRequest, DEADLINE_HEADER, shorterDeadline } from './deadline.ts';
import { serve } from './http-server.ts';
import type { ServedContext } from './served-context.ts';

/**
 * Serves GraphQL over HTTP. Not through Apollo's integration for Fastify: it builds a URL from the client's Host header
 * and answers 500 where that is not one.
 */
export function serveGraphQL(app: FastifyInstance, server: ApolloServer<ServedContext>, requestTimeoutMs: number): void {
  serve(app, ['GET', 'POST'], '/graphql', async (request, reply) => {
    const {
      status = 200,
      headers,
      body,
    } = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method === 'HEAD' ? 'GET' : request.method,
        headers: readHeaders(request),
        search: /\?.*$/.exec(request.url)?.[0] ?? '',
        body: request.body,
      },
      context: () =>
        Promise.resolve({ scope: beginRequest(reply.raw, shorterDeadline(requestTimeoutMs, request.headers[DEADLINE_HEADER])) }),
    });
    return send(reply.code(status).headers(Object.fromEntries(headers)), body);
  });
}

function readHeaders({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

type Body = Awaited<ReturnType<ApolloServer['executeHTTPGraphQLRequest']>>['body'];

function send(reply: FastifyReply, body: Body) {
  if (body.kind === 'complete') return reply.send(body.string);
  // Only @defer and @stream answer in parts, and no graph of ours has them.
  throw new TypeError('The answer came in parts, which this server does not send.');
}
