import type { FastifyInstance } from 'fastify';
import { type GraphQLSchema, printSchema } from 'graphql';
import { serve } from '../http/http-server.ts';

/** Serves the schema that clients see as SDL, for code generators. */
export function serveSchema(app: FastifyInstance, currentSchema: () => GraphQLSchema): void {
  const printed = new WeakMap<GraphQLSchema, string>();
  serve(app, ['GET'], '/schema.graphql', (_request, reply) => {
    const schema = currentSchema();
    const sdl = printed.get(schema) ?? `${printSchema(schema)}\n`;
    printed.set(schema, sdl);
    return reply.type('text/plain; charset=utf-8').send(sdl);
  });
}
