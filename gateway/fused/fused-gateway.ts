import type { GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface';
import { type DocumentNode, parse } from 'graphql';
import type { GatewayContext } from '../request-context.ts';
import { Supergraph } from '../supergraph/supergraph.ts';
import { buildFusedSchema } from './fused-schema.ts';
import { Fusion } from './fusion.ts';
import { createOperationRunner } from './operation-runner.ts';
import { embedSubgraph, type FusedSubgraph } from './subgraph-schema.ts';
import { readFusedSupergraph } from './fused-supergraph.ts';

export interface FusedGatewayOptions {
  /** A Federation v2 supergraph of the subgraphs. */
  readonly supergraphSdl: string;
  /** One for each that the supergraph names. */
  readonly subgraphs: readonly FusedSubgraph[];
  /**
   * Whether operations are compiled. Else graphql-js runs them all, which is slower and by definition right.
   * @default true
   */
  readonly compiles?: boolean;
}

export interface FusedGateway extends GatewayInterface {
  /** The same graph for those who see no more of it than the API schema that `sdl` is. */
  narrowedTo(sdl: string): GatewayInterface;
}

/**
 * Runs a supergraph whose subgraphs live in this process, as one executable schema: each field's resolver runs as soon as
 * the keys and `@requires` fields it needs are there, without waiting for the rest of its object.
 * @throws Error where the supergraph needs what this way of execution does not do, or a subgraph that is not there.
 */
export function createFusedGateway({ supergraphSdl, subgraphs, compiles = true }: FusedGatewayOptions): FusedGateway {
  const supergraph = readFusedSupergraph(new Supergraph(supergraphSdl).document);
  const missing = supergraph.subgraphs.filter((name) => !subgraphs.some((subgraph) => subgraph.name === name));
  if (missing.length > 0) throw new Error(`The supergraph needs the subgraphs ${missing.join(', ')}, which are not there.`);
  const embedded = subgraphs.map(embedSubgraph);
  const fusion = new Fusion(supergraph, new Map(embedded.map((subgraph) => [subgraph.name, subgraph])));
  const serve = (typeDefs?: DocumentNode): GatewayInterface => {
    const schema = buildFusedSchema(supergraph, embedded, fusion, typeDefs);
    const run = createOperationRunner({ supergraph, schema, fusion, subgraphs, compiles });
    return {
      onSchemaLoadOrUpdate: (callback) => {
        callback({ apiSchema: schema, coreSupergraphSdl: supergraphSdl });
        return () => undefined;
      },
      load: () =>
        Promise.resolve({
          executor: (sent) => {
            const { document, operation, request } = sent;
            return run({ document, operation, variables: request.variables ?? {}, scope: contextOf(sent).scope });
          },
        }),
      stop: () => Promise.resolve(),
    };
  };
  return { ...serve(), narrowedTo: (sdl) => serve(parse(sdl, { noLocation: true })) };
}

/** Apollo Server's interface leaves the context's type open; ours is made in one place, by the server. */
const contextOf = ({ context }: GatewayGraphQLRequestContext) => context as unknown as GatewayContext;
