import { existsSync } from 'node:fs';
import type { Environment } from '../../settings/settings.ts';
import type { ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import { NOT_EXTENSIBLE } from '../../subgraphs/extensions/custom-fields.ts';
import { type Extension, readExtension } from '../../subgraphs/extensions/read-extension.ts';
import type { Feed } from '../../subgraphs/feeds/feed.ts';
import type { SubgraphModule } from '../../subgraphs/module.ts';
import { type GraphFile, readGraphFile } from './graph-file.ts';

export interface BuiltInSources {
  /** The built-in subgraphs: names, default ports of their services, support for custom fields. */
  readonly modules: readonly Pick<SubgraphModule, 'name' | 'port' | 'extensible'>[];
  /** Data feeds that a `graph.yaml` can use. @default none */
  readonly feeds?: readonly Feed[];
  /** Reads the SDL of a built-in subgraph or a feed by its name. */
  readonly readSdl: (name: string) => string;
}

/** The file that `GRAPH` names, or else `./graph.yaml` if it exists. */
export const graphPathOf = ({ GRAPH = '' }: Environment): string | undefined =>
  GRAPH !== '' ? GRAPH : existsSync(DEFAULT_GRAPH) ? DEFAULT_GRAPH : undefined;

/** The file that `GRAPH` names, or else `./graph.yaml`, whether or not it exists. */
export const watchedGraphPath = ({ GRAPH = '' }: Environment): string =>
  GRAPH === '' ? DEFAULT_GRAPH : GRAPH;

const DEFAULT_GRAPH = './graph.yaml';

/** Reads the custom fields of a graph, by the names of the built-in subgraphs. Adds problems of the files to `problems`. */
export function readExtensions(
  { extensions }: Pick<GraphFile, 'extensions'>,
  { modules, readSdl }: BuiltInSources,
  problems: string[],
): ReadonlyMap<string, Extension> {
  return new Map(
    [...extensions].flatMap(([name, file]) => {
      const { extensible = NOT_EXTENSIBLE } = modules.find((module) => module.name === name) ?? {};
      const others = modules.filter((module) => module.name !== name);
      const read = readExtension(
        readSdl(name),
        file,
        extensible,
        others.map((module) => readSdl(module.name)),
      );
      problems.push(...(read.problems ?? []));
      return read.extension === undefined ? [] : [[name, read.extension] as const];
    }),
  );
}

/** The additions of the graph file that `GRAPH` names to the built-in subgraphs. */
export interface ConfiguredFiles {
  /** Custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly connectors: readonly ConnectorFile[];
}

/** Reads the graph that `GRAPH` names. Adds problems of its files to `problems`. */
export function readConfiguredFiles(
  environment: Environment,
  builtIn: BuiltInSources,
  problems: string[],
): ConfiguredFiles {
  const path = graphPathOf(environment);
  if (path === undefined) return NOTHING;
  const names = builtIn.modules.map(({ name }) => name);
  const { feeds = [], readSdl } = builtIn;
  const read = readGraphFile(path, environment, names, { feeds, readSdl });
  problems.push(...(read.problems ?? []));
  if (read.graph === undefined) return NOTHING;
  const { connectors = [] } = read.graph;
  return { extensions: readExtensions(read.graph, builtIn, problems), connectors };
}

const NOTHING: ConfiguredFiles = { extensions: new Map(), connectors: [] };
