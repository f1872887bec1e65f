import { parse } from 'graphql';
import { executionSettings } from '../gateway/config.ts';
import { requiredScopes } from '../gateway/supergraph/access-rules.ts';
import { parseSettings, type Problems } from '../settings/settings.ts';
import type { ReadSdl } from '../subgraphs/start-subgraphs.ts';
import { FEEDS } from './feeds.ts';
import { SUBGRAPHS } from './subgraphs.ts';

/**
 * The scopes that fields of the graph of this process's environment require.
 * @returns undefined if other scopes may be used too, or on problems, which have then been added to `problems`
 */
export async function readKnownScopes(
  readSdl: ReadSdl,
  problems: Problems,
): Promise<ReadonlySet<string> | undefined> {
  // A policy module may use scopes that the graph does not name.
  if ((process.env['POLICIES'] ?? '') !== '') return undefined;
  const execution = parseSettings(
    executionSettings(SUBGRAPHS, { feeds: FEEDS, readSdl }),
    process.env,
    problems,
  );
  if (execution === undefined) return undefined;
  if (execution.mode === 'supergraph') return requiredScopes(execution.supergraph.document);
  if (execution.mode !== 'mixed') return requiredScopes(parse(readSdl('supergraph')));
  // Loaded on demand: composition takes longer to load than everything else.
  const { composeGraph } = await import('../gateway/composition/compose-graph.ts');
  const { composed, problems: found = [] } = composeGraph(execution.graph, {
    modules: SUBGRAPHS,
    readSdl,
  });
  problems.push(...found);
  return composed && requiredScopes(composed.supergraph.document);
}
