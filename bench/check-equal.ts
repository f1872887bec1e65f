import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';
import { ask } from './load.ts';
import type { Target } from './processes.ts';
import type { Workload } from './workloads.ts';

/** @throws Error where a target's answers are not those of hand-written code. */
export async function checkAnswers(
  workloads: readonly Workload[],
  handWritten: Target,
  others: readonly Target[],
): Promise<void> {
  for (const other of others) {
    await askBoth(workloads, handWritten, other, (name, byHand, answer) => {
      if (isDeepStrictEqual(dataOf(byHand.text), dataOf(answer.text))) return;
      throw new Error(
        `${name} of ${other.name} differs:\n${byHand.text.slice(0, 1500)}\n${answer.text.slice(0, 1500)}`,
      );
    });
  }
}

/** Whether a gateway makes as many vendor calls as hand-written code. @param traced reports its vendor calls. */
export async function hasEqualCalls(
  workloads: readonly Workload[],
  handWritten: Target,
  traced: Target,
): Promise<boolean> {
  let isEqual = true;
  await askBoth(workloads, handWritten, traced, (name, byHand, answer) => {
    if (byHand.upstreamCalls === answer.upstreamCalls) return;
    isEqual = false;
    console.error(
      `${name}: ${String(answer.upstreamCalls)} calls, ${String(byHand.upstreamCalls)} by hand`,
    );
  });
  return isEqual;
}

type Answer = Awaited<ReturnType<typeof ask>>;

async function askBoth(
  workloads: readonly Workload[],
  handWritten: Target,
  other: Target,
  look: (name: string, byHand: Answer, answer: Answer) => void,
): Promise<void> {
  const [byHand, byOther] = [new Pool(handWritten.url), new Pool(other.url)];
  for (const workload of workloads) {
    for (let index = 0; index < workload.size; index += 1) {
      const request = other.isGraphQL ? workload.graphql(index, 0) : workload.handWritten(index);
      look(
        `${workload.name} ${String(index)}`,
        await ask(byHand, workload.handWritten(index)),
        await ask(byOther, request),
      );
    }
  }
  await Promise.all([byHand.close(), byOther.close()]);
}

const dataOf = (text: string) => (JSON.parse(text) as { data: unknown }).data;
