import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { printSchema } from 'graphql';
import { ANONYMOUS_CALLER } from '../request/caller.ts';
import { chooseAudience } from './graphql/audience-choice.ts';
import { PreparedText } from './server/compression.ts';
import { SCHEMA_PATHS } from './server/graph-paths.ts';
import { serve } from './server/http-server.ts';
import type { ServedGraph } from './graphql/served-graph.ts';
import type { RouteContext } from './graphql/service.ts';

/** Serves the API schema as SDL, for code generators. */
export function serveSchema(
  app: FastifyInstance,
  { graphs, countByAddress }: Pick<RouteContext, 'graphs' | 'countByAddress'>,
): void {
  const prepared = new WeakMap<ServedGraph, SchemaTexts>();
  const textsOf = (graph: ServedGraph): SchemaTexts => {
    const texts = prepared.get(graph) ?? new SchemaTexts(graph);
    prepared.set(graph, texts);
    return texts;
  };
  const respond = async (request: FastifyRequest, reply: FastifyReply) => {
    const { audience: pathAudience } = request.params as { readonly audience?: string };
    const graph = graphs.value;
    const audience = chooseAudience({
      caller: request.caller ?? ANONYMOUS_CALLER,
      pathAudience,
      audiences: graph.audiences,
    });
    const sdl = textsOf(graph).of(audience);
    return reply.type('text/plain; charset=utf-8').send(await sdl.bodyFor(request, reply));
  };
  app.register((routes, _options, done) => {
    countByAddress(routes, 'schema');
    for (const path of SCHEMA_PATHS) serve(routes, ['GET'], path, respond);
    done();
  });
}

/** The schemas of one graph, each printed and compressed once. */
class SchemaTexts {
  readonly #graph: ServedGraph;
  readonly #texts = new Map<string | undefined, PreparedText>();

  constructor(graph: ServedGraph) {
    this.#graph = graph;
  }

  /** @param audience an audience of the graph; undefined for the whole graph */
  of(audience: string | undefined): PreparedText {
    const text = this.#texts.get(audience) ?? new PreparedText(this.#sdlOf(audience));
    this.#texts.set(audience, text);
    return text;
  }

  #sdlOf(audience: string | undefined): string {
    const { server, source } = this.#graph;
    if (audience === undefined) return `${printSchema(server.schema)}\n`;
    return source.audiences?.get(audience)?.sdl ?? '';
  }
}
