import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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
  /** The text of `schema/audiences.yml`. */
  readonly audiences: string;
}

/**
 * Runs `tributary compose --graph graph.yaml --out graph/`: writes the supergraph, the API and the schema of each audience. Nothing is written
 * where anything is wrong.
 * @returns the exit code of the process
 */
export function runComposeCommand(
  args: readonly string[],
  environment: Environment,
  { write, tell }: CommandOutput,
  { modules, readSdl, audiences }: ComposeSources,
): number {
  const refuse = (problems: readonly string[]) => {
    problems.forEach(tell);
    return 1;
  };
  const options = readOptions(args);
  if (options === undefined) return refuse(USAGE);
  const names = modules.map(({ name }) => name);
  const { graph, problems = [] } = readGraphFile(options.graph, environment, names);
  if (graph === undefined) return refuse(problems);
  const { composed, problems: conflicts = [] } = composeGraph(graph, { modules, readSdl });
  if (composed === undefined) return refuse(conflicts);
  const api = buildASTSchema(buildApiDocument(composed.supergraph.document), {
    assumeValidSDL: true,
  });
  const files = new Map([
    ['supergraph', composed.supergraph.sdl],
    ['api', printSchema(api)],
    ...[...composeAudiences(composed.supergraph, modules, audiences)].map(
      ([name, sdl]) => [join('audiences', name), sdl] as const,
    ),
  ]);
  mkdirSync(join(options.out, 'audiences'), { recursive: true });
  for (const [name, sdl] of files) {
    const file = join(options.out, `${name}.graphql`);
    writeFileSync(file, `${sdl.trimEnd()}\n`);
    write(file);
  }
  return 0;
}

function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        graph: { type: 'string', default: './graph.yaml' },
        out: { type: 'string', default: './graph' },
      },
    });
    return values;
  } catch {
    return undefined;
  }
}

const USAGE = [
  'tributary compose [--graph ./graph.yaml] [--out ./graph]',
  'Composes the graph and writes supergraph.graphql, api.graphql and a schema for each audience.',
];
