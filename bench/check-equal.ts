import { Pool } from 'undici';
import { ask } from './load.ts';
import type { Target } from './processes.ts';
import type { Workload } from './workloads.ts';

/** Whether the gateway makes as many vendor calls as hand-written code. @throws Error where their answers differ. */
export async function checkEqual(workloads: readonly Workload[], handWritten: Target, gateway: Target): Promise<boolean> {
  const pools = [new Pool(handWritten.url), new Pool(gateway.url)] as const;
  let isEqual = true;
  for (const workload of workloads) {
    for (let index = 0; index < workload.size; index += 1) {
      const byHand = await ask(pools[0], workload.handWritten(index));
      const answer = await ask(pools[1], workload.graphql(index, 0));
      if (dataOf(byHand.text) !== dataOf(answer.text)) {
        throw new Error(`${workload.name} ${String(index)} differs:\n${byHand.text.slice(0, 1500)}\n${answer.text.slice(0, 1500)}`);
      }
      if (byHand.upstreamCalls !== answer.upstreamCalls) {
        isEqual = false;
        console.error(`${workload.name} ${String(index)}: ${String(answer.upstreamCalls)} calls, ${String(byHand.upstreamCalls)} by hand`);
      }
    }
  }
  await Promise.all(pools.map((pool) => pool.close()));
  return isEqual;
}

const dataOf = (text: string) => JSON.stringify((JSON.parse(text) as { data: unknown }).data);
