import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildASTSchema, printSchema } from 'graphql';
import type { CommandOutput } from '../access/command/keys-command.ts';
import { composeAudiences } from '../audiences/compose-audiences.ts';
import { buildApiDocument } from '../supergraph/api-document.ts';
import type { Environment } from '../../settings/settings.ts';
import type { SubgraphModule } from '../../subgraphs/module.ts';
import { composeGraph } from './compose-graph.ts';
import { readGraphFile } from './graph-file.ts';

export interface ComposeSources {
  readonly modules: readonly SubgraphModule[];
  /** Reads the SDL of a built-in subgraph by its name. */
  readonly readSdl: (name: string) => string;
  /** Reads `schema/audiences.yml`. */
  readonly audiences: () => string;
}

/**
 * Runs `tributary compose`: writes the supergraph, the API and the schema of each audience to the folder `out`. Nothing is written where
 * anything is wrong.
 * @param graph is the path of a `graph.yaml`
 * @returns the exit code of the process
 */
export function runComposeCommand(
  { graph, out }: { readonly graph: string; readonly out: string },
  environment: Environment,
  output: CommandOutput,
  sources: ComposeSources,
): number {
  const { files, problems = [] } = composeFiles(graph, environment, sources);
  if (files === undefined) return refuse(problems, output);
  mkdirSync(join(out, 'audiences'), { recursive: true });
  for (const [name, sdl] of files) {
    const file = join(out, `${name}.graphql`);
    writeFileSync(file, `${sdl.trimEnd()}\n`);
    output.write(file);
  }
  return 0;
}

/**
 * Runs `tributary check`: composes, and writes nothing.
 * @param graph is the path of a `graph.yaml`
 * @returns the exit code of the process
 */
export function runCheckCommand(
  { graph }: { readonly graph: string },
  environment: Environment,
  output: CommandOutput,
  sources: ComposeSources,
): number {
  const { problems } = composeFiles(graph, environment, sources);
  if (problems !== undefined) return refuse(problems, output);
  output.write(`${graph} has no problems.`);
  return 0;
}

type ComposedFiles =
  | { readonly files: ReadonlyMap<string, string>; readonly problems?: never }
  | { readonly files?: never; readonly problems: readonly string[] };

/** @returns SDL by the name of its file, without `.graphql` */
function composeFiles(
  path: string,
  environment: Environment,
  { modules, readSdl, audiences }: ComposeSources,
): ComposedFiles {
  const names = modules.map(({ name }) => name);
  const { graph, problems = [] } = readGraphFile(path, environment, names);
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
  return { files };
}

function refuse(problems: readonly string[], { tell }: CommandOutput): number {
  problems.forEach(tell);
  return 1;
}
