import type { GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import { buildASTSchema, buildSchema, type GraphQLSchema } from 'graphql';
import { CALL_TABLES } from '../../subgraphs/call-tables.ts';
import type { SubgraphUrls } from '../config.ts';
import type { RunningGraph } from '../execution.ts';
import { withoutAccessRules } from '../supergraph/access-rules.ts';
import { readJoins } from '../supergraph/joins.ts';
import { Supergraph } from '../supergraph/supergraph.ts';
import { createApolloGateway } from './apollo-gateway.ts';
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
  readonly supergraphSdl: string;
  /** Where our own subgraphs run; without it the URLs in the supergraph count. */
  readonly urls?: SubgraphUrls;
  readonly requestTimeoutMs: number;
  readonly production: boolean;
  /** The built program that makes plans in a thread of its own. @default plans are made in this thread */
  readonly planner?: URL;
}

/** Runs a supergraph whose subgraphs are services: Apollo's gateway loads it, its planner plans, and the rest is ours. */
export function createDistributedGraph(options: DistributedGraphOptions): RunningGraph {
  const { urls } = options;
  // Who may see what is looked after before this graph is asked.
  const supergraph = withoutAccessRules(new Supergraph(options.supergraphSdl));
  const services = createServices(options);
  const gateway = createApolloGateway({
    supergraphSdl: supergraph.sdl,
    buildService: ({ name, url = '' }) => {
      services.connect(name, urlFor(name, urls) ?? url);
      return NEVER_ASKED;
    },
  });
  let current: RunningPlans | undefined;
  let problem: unknown;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    const previous = current;
    if (urls !== undefined) giveOwnScalars(apiSchema);
    try {
      current = startPlans(apiSchema, supergraph, services.get, options.planner);
      void previous?.planner.close();
    } catch (error) {
      // Apollo's gateway would go on without a word.
      problem = error;
    }
  });
  const graph: GatewayInterface = {
    onSchemaLoadOrUpdate: (callback) =>
      gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
        callback({ apiSchema, coreSupergraphSdl: options.supergraphSdl });
      }),
    load: async (given) => {
      await gateway.load(given);
      if (current === undefined) throw new Error('The supergraph cannot be planned for.', { cause: problem });
      const { executor } = current;
      return { executor: (request) => (current?.executor ?? executor)(request) };
    },
    stop: async () => {
      await gateway.stop();
      await current?.planner.close();
    },
  };
  return {
    graph,
    // Whose audiences somebody else's graph has, nobody says.
    ...(urls !== undefined && { narrowedTo: (sdl) => narrowedGraph(sdl, options.supergraphSdl, () => current) }),
    files: urls === undefined ? {} : { map: proxyFiles('map', services.connect('maps', urls.maps)) },
    secrets: [],
    callTables: urls === undefined ? {} : CALL_TABLES,
    release: services.close,
  };
}

const urlFor = (name: string, urls: SubgraphUrls | undefined) =>
  urls !== undefined && Object.hasOwn(urls, name) ? urls[name as keyof SubgraphUrls] : undefined;

const NEVER_ASKED = { process: () => Promise.reject(new TypeError("Plans are not run by Apollo's gateway.")) };

interface RunningPlans {
  readonly executor: GatewayExecutor;
  readonly planner: Planner;
  /** Plans by the same planner, for those who see another schema. */
  readonly executorFor: (schema: GraphQLSchema) => GatewayExecutor;
}

function narrowedGraph(sdl: string, supergraphSdl: string, plans: () => RunningPlans | undefined): GatewayInterface {
  const schema = buildSchema(sdl, { noLocation: true });
  giveOwnScalars(schema);
  return {
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema: schema, coreSupergraphSdl: supergraphSdl });
      return () => undefined;
    },
    load: () => {
      const executor = plans()?.executorFor(schema);
      return executor === undefined ? Promise.reject(new TypeError('The graph has not been loaded.')) : Promise.resolve({ executor });
    },
    stop: () => Promise.resolve(),
  };
}

function startPlans(
  schema: GraphQLSchema,
  supergraph: Supergraph,
  connection: (service: string) => ServiceConnection,
  program: URL | undefined,
): RunningPlans {
  const { document } = planSupergraph(supergraph.document);
  const supergraphSchema = buildASTSchema(document, { assumeValid: true });
  const planner = program === undefined ? planHere(supergraph.sdl) : planInThread(program, supergraph.sdl);
  const requirements = findRequirements(readJoins(document));
  const executorFor = (seen: GraphQLSchema) => createPlannedExecutor({ schema: seen, supergraphSchema, requirements, planner, connection });
  return { planner, executor: executorFor(schema), executorFor };
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
