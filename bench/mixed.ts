import { fileURLToPath } from 'node:url';
import type { Figures } from './figures.ts';
import { compare, measure, type MeasureOptions } from './measure.ts';
import { type Environment, freePort } from './processes.ts';
import { startEmbedded } from './targets.ts';
import type { Workload } from './workloads.ts';

/**
 * The list query without fields of a service, in a graph with a service and custom fields, compared with the graph without them. The service
 * does not run: a request to it makes the measurement fail.
 */
export async function compareMixed(
  environment: Environment,
  list: Workload,
  options: MeasureOptions,
): Promise<Pick<Figures, 'listCpuVsOwnGraph'>> {
  const plain = await startEmbedded(environment);
  const mixed = await startEmbedded({
    ...environment,
    GRAPH: fileURLToPath(new URL('../examples/own-graph/graph.yaml', import.meta.url)),
    LOYALTY_URL: `http://127.0.0.1:${String(await freePort())}/graphql`,
  });
  try {
    const [ofPlain, ofMixed] = await measure(list, [plain, mixed], options);
    return {
      listCpuVsOwnGraph: ofPlain && ofMixed ? compare(ofMixed, ofPlain, 'cpu').ratio : null,
    };
  } finally {
    plain.close();
    mixed.close();
  }
}
