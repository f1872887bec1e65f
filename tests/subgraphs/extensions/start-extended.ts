import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { composeGraph } from '../../../gateway/composition/compose-graph.ts';
import { createFusedGraph } from '../../../gateway/engines/fused/fused-graph.ts';
import type { Environment } from '../../../settings/settings.ts';
import { type Run, runnerFor } from '../../federation/run-operation.ts';
import { openSubgraph, readSdl } from '../open-subgraph.ts';

/** The graph of customers and payments with custom fields, without a server around it. */
export function startExtended(
  environment: Environment,
  fields: Readonly<Record<string, string>>,
): { readonly run: Run; readonly close: () => Promise<void> } {
  const extensions = Object.entries(fields).map(
    ([name, sdl]) => [name, { path: `${name}.fields.graphql`, sdl }] as const,
  );
  const { composed, problems } = composeGraph(
    {
      path: 'graph.yaml',
      builtIn: ['crm', 'payments'],
      extensions: new Map(extensions),
      services: [],
    },
    { modules: SUBGRAPHS, readSdl },
  );
  if (composed === undefined) throw new Error(problems.join('\n'));
  const { supergraph } = composed;
  const subgraphs = SUBGRAPHS.slice(0, 2).map((module) =>
    openSubgraph(module, environment, composed.extensions.get(module.name)),
  );
  const { run } = runnerFor(createFusedGraph({ supergraph, subgraphs }));
  const close = async () => {
    for (const subgraph of subgraphs) await subgraph.close();
  };
  return { run, close };
}
