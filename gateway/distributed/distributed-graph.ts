import { buildASTSchema, buildSchema, type GraphQLSchema } from 'graphql';
import type { Graph } from '../../operation/graph.ts';
import { CALL_TABLES } from '../../subgraphs/call-tables.ts';
import type { SubgraphUrls } from '../config.ts';
import type { RunningGraph } from '../execution.ts';
import { withoutAccessRules } from '../supergraph/access-rules.ts';
import { readJoins } from '../supergraph/joins.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { loadSupergraph } from './apollo-gateway.ts';
import { findRequirements } from './client-errors.ts';
import { giveOwnScalars } from './own-scalars.ts';
import { createPlannedExecutor } from './planned-executor.ts';
import type { Planner } from './planning/plan.ts';
import { planHere } from './planning/planner.ts';
import { planSupergraph } from './planning/planned-supergraph.ts';
import { planInThread } from './planning/planner-thread.ts';
import { proxyFiles } from './proxied-files.ts';
import { connectService, type ServiceConnection } from './service-connection.ts';

export interface DistributedGraphOptions {
  readonly supergraph: Supergraph;
  /** Where our own subgraphs run; without it the URLs in the supergraph count. */
  readonly urls?: SubgraphUrls;
  readonly requestTimeoutMs: number;
  readonly production: boolean;
  /** The built program that makes plans in a thread of its own. @default plans are made in this thread */
  readonly planner?: URL;
}

/**
 * Runs a supergraph whose subgraphs are services: Apollo's gateway loads it, its planner plans, and the rest is ours.
 * @throws Error where the supergraph cannot be loaded or planned for
 */
export async function createDistributedGraph(options: DistributedGraphOptions): Promise<RunningGraph> {
  const { supergraph, urls } = options;
  // Access rules are checked before this graph is asked.
  const planned = withoutAccessRules(supergraph);
  const services = createServices(options);
  const { apiSchema: schema, stop } = await loadSupergraph(planned.sdl, ({ name, url = '' }) => {
    services.connect(name, urlFor(name, urls) ?? url);
  });
  if (urls !== undefined) giveOwnScalars(schema);
  const plans = startPlans(planned, services.get, options.planner);
  const graphFor = (seen: GraphQLSchema, close: Graph['close']): Graph => ({
    schema: seen,
    supergraph,
    execute: plans.executorFor(seen),
    close,
  });
  return {
    graph: graphFor(schema, async () => {
      await stop();
      await plans.planner.close();
    }),
    // Whose audiences somebody else's graph has, nobody says.
    ...(urls !== undefined && { narrowedTo: (narrowed) => graphFor(readNarrowed(narrowed), () => Promise.resolve()) }),
    files: urls === undefined ? {} : { map: proxyFiles('map', services.connect('maps', urls.maps)) },
    secrets: [],
    callTables: urls === undefined ? {} : CALL_TABLES,
    release: services.close,
  };
}

function readNarrowed(sdl: string): GraphQLSchema {
  const schema = buildSchema(sdl, { noLocation: true });
  giveOwnScalars(schema);
  return schema;
}

const urlFor = (name: string, urls: SubgraphUrls | undefined) =>
  urls !== undefined && Object.hasOwn(urls, name) ? urls[name as keyof SubgraphUrls] : undefined;

interface RunningPlans {
  readonly planner: Planner;
  /** @param schema is what clients see */
  readonly executorFor: (schema: GraphQLSchema) => Graph['execute'];
}

function startPlans(supergraph: Supergraph, connection: (service: string) => ServiceConnection, program: URL | undefined): RunningPlans {
  const { document } = planSupergraph(supergraph.document);
  const supergraphSchema = buildASTSchema(document, { assumeValid: true });
  const planner = program === undefined ? planHere(supergraph) : planInThread(program, supergraph);
  const requirements = findRequirements(readJoins(document));
  return { planner, executorFor: (schema) => createPlannedExecutor({ schema, supergraphSchema, requirements, planner, connection }) };
}

function createServices({ requestTimeoutMs, production }: DistributedGraphOptions) {
  const connections = new Map<string, ServiceConnection>();
  const byName = new Map<string, ServiceConnection>();
  return {
    connect: (name: string, url: string): ServiceConnection => {
      const key = `${name} ${url}`;
      const connection = connections.get(key) ?? connectService({ name, url, requestTimeoutMs, traces: !production });
      connections.set(key, connection);
      byName.set(name, connection);
      return connection;
    },
    get: (name: string): ServiceConnection => {
      const connection = byName.get(name);
      if (connection === undefined) throw new TypeError(`The supergraph was expected to have a subgraph ${name}.`);
      return connection;
    },
    close: async (): Promise<void> => {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
    },
  };
}
