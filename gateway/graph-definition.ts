import type { Problems } from '../settings/settings.ts';
import type { ConnectorFile } from '../subgraphs/connect/connector-file.ts';
import type { Extension } from '../subgraphs/extensions/read-extension.ts';
import type { Feed } from '../subgraphs/feeds/feed.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';
import { readAudienceSchemas } from './audiences/audience-schemas.ts';
import { composeInThread } from './composition/composer-thread.ts';
import { readExtensions } from './composition/graph-extensions.ts';
import type { GraphFile, GraphToCompose } from './composition/graph-file.ts';
import type { Execution } from './config.ts';
import { revisionOf } from './graph-revision.ts';
import { Supergraph } from './supergraph/supergraph.ts';

/** The composed parts of a valid graph. */
export interface GraphDefinition {
  readonly execution: Execution;
  readonly supergraph: Supergraph;
  /** The supergraph of the embedded subgraphs. */
  readonly embedded: Supergraph;
  /** Custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, Extension>;
  /** The schema of each audience. */
  readonly audiences: ReadonlyMap<string, string>;
  readonly revision: string;
}

export interface GraphSources {
  readonly modules: readonly SubgraphModule[];
  /** Data feeds that a `graph.yaml` can use. @default none */
  readonly feeds?: readonly Feed[];
  /** Reads the SDL of a built-in subgraph or a feed by its name, or their `supergraph`. */
  readonly readSdl: (name: string) => string;
  /** The folder of the audiences' schemas for the built-in subgraphs. */
  readonly audiences: URL;
  /** The built program of the composer's worker thread. */
  readonly composer: URL;
}

/** @returns undefined for an invalid graph; all problems have then been added to `problems` */
export async function defineGraph(
  execution: Execution,
  sources: GraphSources,
  problems: Problems,
): Promise<GraphDefinition | undefined> {
  const { modules, readSdl, audiences, composer } = sources;
  const revision = revisionOfGraph(execution, sources);
  if (execution.mode === 'embedded' || execution.mode === 'distributed') {
    const supergraph = new Supergraph(readSdl('supergraph'));
    const shipped = readAudienceSchemas(audiences);
    const extensions = new Map<string, Extension>();
    return {
      execution,
      supergraph,
      embedded: supergraph,
      extensions,
      audiences: shipped,
      revision,
    };
  }
  const composed = await composeInThread(
    composer,
    execution.mode === 'mixed'
      ? { file: withoutMappings(execution.graph) }
      : { sdl: execution.supergraph.sdl },
  );
  if (composed.supergraph === undefined) {
    problems.push(...composed.problems);
    return undefined;
  }
  const supergraph = new Supergraph(composed.supergraph);
  return {
    execution,
    supergraph,
    embedded: composed.embedded === undefined ? supergraph : new Supergraph(composed.embedded),
    extensions:
      execution.mode === 'mixed'
        ? readExtensions(execution.graph, { modules, readSdl }, problems)
        : new Map(),
    audiences: composed.audiences,
    revision,
  };
}

/** For the worker thread: compiled mappings are functions, which cannot be sent. */
const withoutMappings = ({ connectors = [], ...graph }: GraphFile): GraphToCompose => ({
  ...graph,
  connectors: connectors.map(({ name, path, sdl, source }) => ({ name, path, sdl, source })),
});

/** Identifies a graph by its sources, before composition. */
export const revisionOfGraph = (execution: Execution, { readSdl }: Pick<GraphSources, 'readSdl'>) =>
  revisionOf(sourcesOf(execution), readSdl('supergraph'));

/** All sources on which the graph depends. */
function sourcesOf(execution: Execution): unknown {
  if (execution.mode === 'mixed') {
    const { builtIn, extensions, services, connectors = [] } = execution.graph;
    return [builtIn, [...extensions], services, connectors.map(definitionOf)];
  }
  return execution.mode === 'supergraph' ? execution.supergraph.sdl : execution;
}

/** Everything that determines how a connector file runs. */
const definitionOf = ({ name, source, sources, outside }: ConnectorFile) => ({
  name,
  source,
  sources: sources.map(({ baseUrl, policy }) => [baseUrl, policy]),
  outside,
});

/** Identifies a connector file with its policies. */
export const connectorRevision = (file: ConnectorFile): string => revisionOf(definitionOf(file));

/** The connectors in this process. */
export const connectorsHere = (execution: Execution | undefined): readonly ConnectorFile[] =>
  execution?.mode === 'mixed' ? (execution.graph.connectors ?? []) : [];

/** The embedded built-in subgraphs. */
export function modulesHere(
  execution: Execution | undefined,
  modules: readonly SubgraphModule[],
): readonly SubgraphModule[] {
  if (execution === undefined || execution.mode === 'embedded') return modules;
  return execution.mode === 'mixed'
    ? modules.filter(({ name }) => execution.graph.builtIn.includes(name))
    : [];
}
