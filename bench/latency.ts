import { Pool } from 'undici';
import type { CallRecord } from '../request/request-scope.ts';
import { countRounds } from './count-rounds.ts';
import { ask, type BenchRequest, median } from './load.ts';
import type { Target } from './processes.ts';
import type { Workload } from './workloads.ts';

const QUERIES = 50;

/** With vendors that take their time: how many rounds the list query takes, and how much longer than hand-written code. */
export async function measureLatency(handWritten: Target, gateway: Target, list: Workload) {
  const [byHand, byGateway] = [new Pool(handWritten.url), new Pool(gateway.url)];
  const p50 = async (pool: Pool, request: (index: number) => BenchRequest) => {
    const times: number[] = [];
    for (let index = 0; index < QUERIES; index += 1) {
      const begun = performance.now();
      await ask(pool, request(index));
      times.push(performance.now() - begun);
    }
    return median(times);
  };
  const excess =
    (await p50(byGateway, (index) => list.graphql(index % list.size, 0))) -
    (await p50(byHand, (index) => list.handWritten(index % list.size)));
  const { text } = await ask(byGateway, list.graphql(0, 0), { 'x-tributary-trace': '1' });
  const { extensions } = JSON.parse(text) as {
    readonly extensions: { readonly upstream: readonly CallRecord[] };
  };
  await Promise.all([byHand.close(), byGateway.close()]);
  return { listRounds: countRounds(extensions.upstream), listLatencyExcessMs: excess };
}
