import type { Problems } from '../settings/settings.ts';
import type { ConnectorFile } from '../subgraphs/connect/connector-file.ts';
import type { Extension } from '../subgraphs/extensions/read-extension.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';
import { readAudienceSchemas } from './audiences/audience-schemas.ts';
import { composeInThread } from './composition/composer-thread.ts';
import { readExtensions } from './composition/graph-extensions.ts';
import type { GraphFile, GraphToCompose } from './composition/graph-file.ts';
import type { Execution } from './config.ts';
import { revisionOf } from './graph-revision.ts';
import { Supergraph } from './supergraph/supergraph.ts';

/** What a graph is made of, composed and without problems. */
export interface GraphDefinition {
  readonly execution: Execution;
  readonly supergraph: Supergraph;
  /** Of the subgraphs in this process alone. */
  readonly embedded: Supergraph;
  /** Custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, Extension>;
  /** What each audience sees, as SDL. */
  readonly audiences: ReadonlyMap<string, string>;
  readonly revision: string;
}

export interface GraphSources {
  readonly modules: readonly SubgraphModule[];
  /** Reads the SDL of a built-in subgraph by its name, or the `supergraph` of all of them. */
  readonly readSdl: (name: string) => string;
  /** Where the schemas of the audiences of the built-in subgraphs are. */
  readonly audiences: URL;
  /** The built program that composes in a thread of its own. */
  readonly composer: URL;
}

/** @returns undefined where anything is wrong; every problem has then been added to `problems`. */
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

/** For the thread that composes: compiled mappings are functions, which no other thread can have. */
const withoutMappings = ({ connectors = [], ...graph }: GraphFile): GraphToCompose => ({
  ...graph,
  connectors: connectors.map(({ name, path, sdl, source }) => ({ name, path, sdl, source })),
});

/** Names a graph by its sources, before it is composed. */
export const revisionOfGraph = (execution: Execution, { readSdl }: Pick<GraphSources, 'readSdl'>) =>
  revisionOf(sourcesOf(execution), readSdl('supergraph'));

/** All that makes a difference to the graph. */
function sourcesOf(execution: Execution): unknown {
  if (execution.mode === 'mixed') {
    const { builtIn, extensions, services, connectors = [] } = execution.graph;
    return [builtIn, [...extensions], services, connectors.map(definitionOf)];
  }
  return execution.mode === 'supergraph' ? execution.supergraph.sdl : execution;
}

/** What decides how a file of connectors is run. */
const definitionOf = ({ name, source, sources, outside }: ConnectorFile) => ({
  name,
  source,
  sources: sources.map(({ baseUrl, policy }) => [baseUrl, policy]),
  outside,
});

/** Names what a file of connectors and its policies are. */
export const connectorRevision = (file: ConnectorFile): string => revisionOf(definitionOf(file));

/** The subgraphs of REST APIs that run in this process. */
export const connectorsHere = (execution: Execution | undefined): readonly ConnectorFile[] =>
  execution?.mode === 'mixed' ? (execution.graph.connectors ?? []) : [];

/** The built-in subgraphs that run in this process. */
export function modulesHere(
  execution: Execution | undefined,
  modules: readonly SubgraphModule[],
): readonly SubgraphModule[] {
  if (execution === undefined || execution.mode === 'embedded') return modules;
  return execution.mode === 'mixed'
    ? modules.filter(({ name }) => execution.graph.builtIn.includes(name))
    : [];
}
