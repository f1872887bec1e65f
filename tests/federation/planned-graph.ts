import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, type GraphQLSchema, parse } from 'graphql';
import { createDistributedGraph } from '../../gateway/engines/planned/distributed-graph.ts';
import { ServiceConnections } from '../../gateway/engines/planned/service-connections.ts';
import {
  type ServiceRequest,
  startStandInService,
  type StandInService,
} from '../gateway/engines/planned/stand-in-service.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import { type Run, runnerFor } from './run-operation.ts';

export interface PlannedGraph {
  readonly run: Run;
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** What each service was asked so far. */
  readonly requests: Readonly<Record<string, readonly ServiceRequest[]>>;
  /** Lets a service answer otherwise than by its resolvers. */
  answer(service: string, answer: StandInService['answer']): void;
  close(): Promise<void>;
}

/** A subgraph: its SDL without the `@link`, and its resolvers. */
export interface PlannedSubgraph {
  readonly sdl: string;
  readonly resolvers?: Readonly<Record<string, object>>;
}

/** Starts subgraphs as services of their own, and the gateway over them without a server around it. */
export async function startPlannedGraph(
  subgraphs: Readonly<Record<string, PlannedSubgraph>>,
): Promise<PlannedGraph> {
  const services = await Promise.all(
    Object.entries(subgraphs).map(async ([name, subgraph]) => {
      const sdl = parse(LINK + subgraph.sdl);
      return { name, sdl, service: await startService(sdl, subgraph) };
    }),
  );
  const { graph, release } = await createDistributedGraph({
    supergraph: composeSupergraph(
      services.map(({ name, sdl, service }) => ({ name, sdl, url: service.url })),
    ),
    modules: [],
    serviceConnections: new ServiceConnections({ requestTimeoutMs: 10_000, traces: true }),
  });
  const { run, schema } = runnerFor(graph);
  return {
    run,
    schema,
    requests: Object.fromEntries(services.map(({ name, service }) => [name, service.requests])),
    answer: (name, answer) => {
      const found = services.find((one) => one.name === name);
      if (found !== undefined) found.service.answer = answer;
    },
    close: async () => {
      await graph.close();
      await release();
      for (const { service } of services) await service.close();
    },
  };
}

/** What a subgraph's SDL needs to use the directives of Federation. */
export const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@interfaceObject"])\n`;

export function startService(
  typeDefs: ReturnType<typeof parse>,
  { resolvers = {} }: PlannedSubgraph,
): Promise<StandInService> {
  // Apollo's type of resolvers is narrower than what it takes.
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]);
  return startStandInService(async ({ query, variables }) => {
    const { data, errors } = await execute({
      schema,
      document: parse(query),
      variableValues: variables,
    });
    // As foreign services do it: an error without extensions.
    return {
      data,
      ...(errors && { errors: errors.map(({ message, path }) => ({ message, path })) }),
    };
  });
}
