import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLSchema, printSchema } from 'graphql';
import { ANONYMOUS_CALLER } from '../request/caller.ts';
import { chooseAudience } from './graphql/audience-choice.ts';
import { PreparedText } from './server/compression.ts';
import { SCHEMA_PATHS } from './server/graph-paths.ts';
import { serve } from './server/http-server.ts';
import type { RouteContext } from './graphql/service.ts';

export interface SchemaRouteOptions {
  /** Of the whole graph. */
  readonly schema: GraphQLSchema;
  /** What each audience sees, as SDL. */
  readonly audiences: ReadonlyMap<string, string>;
  readonly countByAddress: RouteContext['countByAddress'];
}

/** Serves the schema that clients see as SDL, for code generators. */
export function serveSchema(
  app: FastifyInstance,
  { schema, audiences, countByAddress }: SchemaRouteOptions,
): void {
  let printed: PreparedText | undefined;
  const wholeSdl = () => (printed ??= new PreparedText(`${printSchema(schema)}\n`));
  const prepared = new Map([...audiences].map(([name, sdl]) => [name, new PreparedText(sdl)]));
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const { audience: named } = request.params as { readonly audience?: string };
    const audience = chooseAudience({
      caller: request.caller ?? ANONYMOUS_CALLER,
      named,
      audiences,
    });
    const sdl = audience === undefined ? wholeSdl() : prepared.get(audience);
    return reply.type('text/plain; charset=utf-8').send(await sdl?.bodyFor(request, reply));
  };
  app.register((routes, _options, done) => {
    countByAddress(routes, 'schema');
    for (const path of SCHEMA_PATHS) serve(routes, ['GET'], path, answer);
    done();
  });
}
