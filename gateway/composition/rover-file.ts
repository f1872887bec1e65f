import { z } from 'zod';
import { httpUrl } from '../../settings/values.ts';
import type { Environment } from '../../settings/settings.ts';
import type { ReadGraphFile } from './graph-file.ts';
import { readYamlFile } from './yaml-file.ts';

/**
 * Reads the `supergraph.yaml` of Apollo's rover (https://www.apollographql.com/docs/rover/commands/supergraphs). Its subgraphs are services,
 * except built-in ones. The graph contains all built-in subgraphs.
 * @param builtIn the names of the built-in subgraphs
 */
export function readRoverFile(
  path: string,
  environment: Environment,
  builtIn: readonly string[],
): ReadGraphFile {
  const { file, data, problems } = readYamlFile(path, environment, ROVER_FILE, '--from');
  if (problems !== undefined) return { problems };
  const foreign = Object.entries(data.subgraphs).filter(([name]) => !builtIn.includes(name));
  const services = foreign.flatMap(
    ([
      name,
      {
        routing_url: url,
        schema: { file: named },
      },
    ]) => {
      const schema = file.readSdl(['subgraphs', name, 'schema', 'file'], named);
      return schema === undefined
        ? []
        : [{ name, url, schema, forwardedHeaders: [], claimHeaders: {}, traffic: {} }];
    },
  );
  if (file.problems.length > 0) return { problems: file.problems };
  return { graph: { path, builtIn, extensions: new Map(), services } };
}

/** The keys that we read; rover has more. */
const ROVER_FILE = z.object({
  subgraphs: z.record(
    z.string(),
    z.object({
      routing_url: z.string('must be set').pipe(httpUrl()),
      schema: z.object(
        {
          file: z.string(
            'must be the path of an SDL file; write the SDL of a running service with: rover subgraph introspect <url> --output <file>',
          ),
        },
        'must have the key file',
      ),
    }),
  ),
});
