import { buildASTSchema, buildSchema, type GraphQLSchema, print } from 'graphql';
import type { Graph } from '../../operation/graph.ts';
import { changeFieldsOf } from '../../../subgraphs/change-fields.ts';
import { callTablesOf, type SubgraphModule } from '../../../subgraphs/module.ts';
import type { RunningGraph } from '../running-graph.ts';
import { findBuiltIn } from '../built-in-subgraphs.ts';
import { withoutAccessRules } from '../../supergraph/access-rules.ts';
import { mergeGraphs } from '../../supergraph/merge-graphs.ts';
import { Supergraph } from '../../supergraph/supergraph.ts';
import { loadSupergraph } from './apollo-gateway.ts';
import { findRequirements } from './client-errors.ts';
import { useOwnScalars, scalarsOf } from './own-scalars.ts';
import type { SubgraphFetches } from '../../operation/subgraph-fetches.ts';
import { createPlannedExecutor } from './planned-executor.ts';
import type { Planner } from './planning/plan.ts';
import { planHere } from './planning/planner.ts';
import { planSupergraph } from './planning/planned-supergraph.ts';
import { planInThread } from './planning/planner-thread.ts';
import { proxyFiles } from './proxied-files.ts';
import type { ServiceConnection, TrafficPolicy } from './service-connection.ts';
import type { ServiceConnections } from './service-connections.ts';

export interface DistributedGraphOptions {
  readonly supergraph: Supergraph;
  /** The built-in subgraphs. Those in the supergraph contribute their call tables, files and fields of changes. */
  readonly modules: readonly SubgraphModule[];
  /** URLs of built-in subgraphs. @default the URLs in the supergraph */
  readonly urls?: Readonly<Record<string, string>>;
  /** The embedded subgraphs, which the planner sees as one. @default all are services */
  readonly local?: LocalSubgraphs | undefined;
  /** Services of the company, with the client headers that each gets. @default all get the headers of built-in subgraphs */
  readonly services?: readonly ForeignService[];
  /** The connections of the process. */
  readonly serviceConnections: ServiceConnections;
  /** The built program of the planner's worker thread. @default plans are made in this thread */
  readonly planner?: URL;
}

export interface ForeignService {
  readonly name: string;
  /** Lower-case names. */
  readonly forwardedHeaders: readonly string[];
  readonly traffic?: TrafficPolicy;
  /** Claims of the caller's token by the lower-case name of the header that carries them. @default none */
  readonly claimHeaders?: Readonly<Record<string, string>>;
}

export interface LocalSubgraphs {
  /** Their names in the supergraph. */
  readonly names: readonly string[];
  readonly fetches: SubgraphFetches;
}

/** The subgraph that all embedded subgraphs become. It cannot clash with a subgraph's name: those begin with a letter. */
const LOCAL = '_local';

/**
 * Runs a supergraph whose subgraphs are services: Apollo's gateway loads it, Apollo's planner plans, and this engine executes.
 * @throws Error if the supergraph cannot be loaded or planned
 */
export async function createDistributedGraph(
  options: DistributedGraphOptions,
): Promise<RunningGraph> {
  const { supergraph, local } = options;
  const builtIn = findBuiltIn(supergraph, options.modules);
  const modules = builtIn.filter(({ name }) => local?.names.includes(name) !== true);
  const planned = supergraphToPlan(supergraph, local);
  const services = createServices(options, modules);
  try {
    return await runSupergraph(options, { builtIn, modules, planned, services });
  } catch (error) {
    await services.close();
    throw error;
  }
}

interface SupergraphParts {
  readonly builtIn: readonly SubgraphModule[];
  /** The built-in subgraphs that are services. */
  readonly modules: readonly SubgraphModule[];
  /** The supergraph for the planner. */
  readonly planned: Supergraph;
  readonly services: ReturnType<typeof createServices>;
}

async function runSupergraph(
  options: DistributedGraphOptions,
  { builtIn, modules, planned, services }: SupergraphParts,
): Promise<RunningGraph> {
  const { supergraph, urls = {} } = options;
  const { apiSchema: schema, stop } = await loadSupergraph(planned.sdl, ({ name, url = '' }) => {
    if (name === LOCAL) return;
    services.connect(name, Object.hasOwn(urls, name) ? (urls[name] ?? url) : url);
  });
  const scalars = scalarsOf(supergraph, builtIn);
  useOwnScalars(schema, scalars);
  const plans = startPlans(planned, services.get, options);
  const graphFor = (clientSchema: GraphQLSchema, close: Graph['close']): Graph => ({
    schema: clientSchema,
    supergraph,
    execute: plans.executorFor(clientSchema),
    close,
  });
  return {
    graph: graphFor(schema, async () => {
      await stop();
      await plans.planner.close();
    }),
    forAudience: (narrowed) => {
      const clientSchema = buildSchema(narrowed, { noLocation: true });
      useOwnScalars(clientSchema, scalars);
      return graphFor(clientSchema, () => Promise.resolve());
    },
    files: filesOf(modules, services.get),
    callTables: callTablesOf(builtIn),
    changeFields: changeFieldsOf(builtIn),
    // A finished plan shows that the planner's thread has read the supergraph.
    ready: async () => {
      await plans.planner.plan('{ __typename }');
    },
    release: services.close,
  };
}

const filesOf = (
  modules: readonly SubgraphModule[],
  connection: (service: string) => ServiceConnection,
) =>
  Object.fromEntries(
    modules.flatMap(({ name, files }) =>
      files.map((prefix) => [prefix, proxyFiles(prefix, connection(name))]),
    ),
  );

function supergraphToPlan(supergraph: Supergraph, local: LocalSubgraphs | undefined): Supergraph {
  // Access rules are checked before this graph runs an operation.
  const open = withoutAccessRules(supergraph);
  if (local === undefined) return open;
  const merged = mergeGraphs(open.document, local.names, LOCAL);
  return new Supergraph(print(merged), merged);
}

interface RunningPlans {
  readonly planner: Planner;
  /** @param schema the schema that clients see */
  readonly executorFor: (schema: GraphQLSchema) => Graph['execute'];
}

function startPlans(
  supergraph: Supergraph,
  connection: (service: string) => ServiceConnection,
  { planner: program, local: subgraphs }: Pick<DistributedGraphOptions, 'planner' | 'local'>,
): RunningPlans {
  const { document, joins } = planSupergraph(supergraph.document);
  const supergraphSchema = buildASTSchema(document, { assumeValid: true });
  const planner = program === undefined ? planHere(supergraph) : planInThread(program, supergraph);
  const requirements = findRequirements(joins);
  const local = subgraphs && { name: LOCAL, fetches: subgraphs.fetches };
  return {
    planner,
    executorFor: (schema) =>
      createPlannedExecutor({
        schema,
        joins,
        supergraphSchema,
        requirements,
        planner,
        connection,
        local,
      }),
  };
}

function createServices(
  { serviceConnections, services = [] }: DistributedGraphOptions,
  modules: readonly SubgraphModule[],
) {
  const titles = new Map(modules.map(({ name, title }) => [name, title]));
  const byName = new Map<string, ServiceConnection>();
  return {
    connect: (name: string, url: string): void => {
      // Apollo's gateway lists each service more than once.
      if (byName.has(name)) return;
      const { forwardedHeaders, claimHeaders, traffic } =
        services.find((service) => service.name === name) ?? {};
      const title = titles.get(name);
      const settings = { name, title, url, forwardedHeaders, claimHeaders, traffic };
      byName.set(name, serviceConnections.open(settings));
    },
    get: (name: string): ServiceConnection => {
      const connection = byName.get(name);
      if (connection === undefined)
        throw new TypeError(`The supergraph was expected to have a subgraph ${name}.`);
      return connection;
    },
    close: async (): Promise<void> => {
      await Promise.all([...byName.values()].map((connection) => connection.close()));
    },
  };
}
