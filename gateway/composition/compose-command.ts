import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildASTSchema, printSchema } from 'graphql';
import type { CommandOutput } from '../access/command/keys-command.ts';
import { composeAudiences } from '../audiences/compose-audiences.ts';
import { buildApiDocument } from '../supergraph/api-document.ts';
import { type Environment, parseSettings, type Problems } from '../../settings/settings.ts';
import { describeWarnings } from '../../subgraphs/connect/connector-file.ts';
import type { Feed } from '../../subgraphs/feeds/feed.ts';
import type { SubgraphModule } from '../../subgraphs/module.ts';
import { composeGraph } from './compose-graph.ts';
import { readGraphFile, readServices } from './graph-file.ts';
import { refreshSchemas } from './refresh-schemas.ts';
import { readRoverFile } from './rover-file.ts';
import { proxySettings } from '../../upstream/proxy.ts';

export interface ComposeSources {
  readonly modules: readonly SubgraphModule[];
  /** Data feeds that a `graph.yaml` can use. @default none */
  readonly feeds?: readonly Feed[];
  /** Reads the SDL of a built-in subgraph or a feed by its name. */
  readonly readSdl: (name: string) => string;
  /** Reads `schema/audiences.yml`. */
  readonly audiences: () => string;
}

export interface GraphChoice {
  /** The path of a `graph.yaml`. */
  readonly graph: string;
  /** The path of a `supergraph.yaml` of rover, which replaces the `graph.yaml`. */
  readonly from?: string | undefined;
}

export interface ComposeOptions extends GraphChoice {
  /** The folder to write to. */
  readonly out: string;
  /** First fetches the SDL of the services and writes their schema files. */
  readonly refresh?: boolean | undefined;
}

/**
 * Runs `tributary compose`: writes the supergraph, the API schema and the schema of each audience. With any problem, it writes nothing.
 * @returns the exit code of the process
 */
export async function runComposeCommand(
  options: ComposeOptions,
  environment: Environment,
  output: CommandOutput,
  sources: ComposeSources,
): Promise<number> {
  if (options.refresh === true && !(await refresh(options.graph, environment, output, sources)))
    return 1;
  const { files, problems = [] } = composeFiles(options, environment, sources);
  if (files === undefined) return refuse(problems, output);
  mkdirSync(join(options.out, 'audiences'), { recursive: true });
  for (const [name, sdl] of files) {
    const file = join(options.out, `${name}.graphql`);
    writeFileSync(file, `${sdl.trimEnd()}\n`);
    output.write(file);
  }
  return 0;
}

/**
 * Runs `tributary check`: composes without writing files.
 * @returns the exit code of the process
 */
export function runCheckCommand(
  options: GraphChoice,
  environment: Environment,
  output: CommandOutput,
  sources: ComposeSources,
): number {
  const { problems, warnings } = composeFiles(options, environment, sources);
  if (problems !== undefined) return refuse(problems, output);
  warnings.forEach(output.report);
  output.write(`${options.from ?? options.graph} has no problems.`);
  return 0;
}

async function refresh(
  path: string,
  environment: Environment,
  { report }: CommandOutput,
  sources: ComposeSources,
): Promise<boolean> {
  const problems: Problems = [];
  const proxies = parseSettings(proxySettings, environment, problems);
  const read = readServices(path, environment, namesOf(sources.modules), feedsOf(sources));
  problems.push(...(read.problems ?? []));
  if (read.services === undefined || problems.length > 0) {
    problems.forEach(report);
    return false;
  }
  const refreshed = await refreshSchemas(read.services, proxies);
  for (const { sentence } of refreshed) report(sentence);
  return refreshed.every(({ isRefreshed }) => isRefreshed);
}

type ComposedFiles =
  | {
      readonly files: ReadonlyMap<string, string>;
      /** Warnings about connector files. */
      readonly warnings: readonly string[];
      readonly problems?: never;
    }
  | { readonly files?: never; readonly warnings?: never; readonly problems: readonly string[] };

/** @returns SDL by file name, without `.graphql` */
function composeFiles(
  { graph: path, from }: GraphChoice,
  environment: Environment,
  sources: ComposeSources,
): ComposedFiles {
  const { modules, readSdl, audiences } = sources;
  const names = namesOf(modules);
  const { graph, problems = [] } =
    from === undefined
      ? readGraphFile(path, environment, names, feedsOf(sources))
      : readRoverFile(from, environment, names);
  if (graph === undefined) return { problems };
  const { composed, problems: conflicts = [] } = composeGraph(graph, { modules, readSdl });
  if (composed === undefined) return { problems: conflicts };
  const api = buildASTSchema(buildApiDocument(composed.supergraph.document), {
    assumeValidSDL: true,
  });
  const files = new Map([
    ['supergraph', composed.supergraph.sdl],
    ['api', printSchema(api)],
    ...[...composeAudiences(composed.supergraph, modules, audiences())].map(
      ([name, sdl]) => [join('audiences', name), sdl] as const,
    ),
  ]);
  return { files, warnings: (graph.connectors ?? []).flatMap(describeWarnings) };
}

const feedsOf = ({ feeds = [], readSdl }: ComposeSources) => ({ feeds, readSdl });

const namesOf = (modules: ComposeSources['modules']) => modules.map(({ name }) => name);

function refuse(problems: readonly string[], { report }: CommandOutput): number {
  problems.forEach(report);
  return 1;
}
