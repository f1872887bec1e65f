import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { type Phase, startSide, sumUp, watch } from '../abuse/side.ts';
import { built, start } from '../processes.ts';

export interface AbuseOptions {
  /** Each has a calm phase and one with abuse. */
  readonly rounds: number;
  /** Of each phase. Budgets come back within a minute, so that each abused phase begins with whole ones. */
  readonly seconds: number;
}

const ABUSERS = 10;
const WARM_UP_SECONDS = 10;

const UNLIMITED = {
  requestsPerMinute: 1_000_000,
  costPerMinute: 1_000_000_000,
  maxConcurrent: 500,
};

/**
 * Whether a well-behaved caller is slowed by ten others that send up to fifty requests a second each. A control caller uses a second gateway
 * on the same machine without abuse: a slowdown of both comes from the shared cores. Memory is measured by the attack tests: a garbage
 * collection forced here would disturb every phase.
 */
export async function measureAbuse({ rounds, seconds }: AbuseOptions) {
  const [abusedSide, bystander] = [await startSide(), await startSide()];
  const { gateway, good } = abusedSide;
  const keys = await Promise.all(Array.from({ length: ABUSERS }, () => gateway.addKey()));
  const abusers = start(
    built('bench/abusers'),
    [gateway.url, await gateway.addKey(UNLIMITED), ...keys],
    {},
  );
  // They would have machines of their own.
  if (abusers.pid !== undefined) setPriority(abusers.pid, constants.priority.PRIORITY_LOW);

  const warmed = once(abusers, 'message');
  abusers.send('warm up');
  await Promise.all([warmed, good.ask(WARM_UP_SECONDS), bystander.good.ask(WARM_UP_SECONDS)]);
  const phases: { readonly calm: Phase; readonly abused: Phase; readonly beside: Phase }[] = [];
  const answers: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1) {
    const [calm] = await Promise.all([watch(abusedSide, seconds), watch(bystander, seconds)]);
    abusers.send('begin');
    const [abused, beside] = await Promise.all([
      watch(abusedSide, seconds),
      watch(bystander, seconds),
    ]);
    const answered = once(abusers, 'message');
    abusers.send('end');
    const [counts] = (await answered) as [Record<string, number>];
    for (const [answer, count] of Object.entries(counts))
      answers[answer] = (answers[answer] ?? 0) + count;
    phases.push({ calm, abused, beside });
  }

  abusers.kill();
  for (const side of [abusedSide, bystander]) await side.close();
  const calm = sumUp(phases.map((phase) => phase.calm));
  const abused = sumUp(phases.map((phase) => phase.abused));
  const beside = sumUp(phases.map((phase) => phase.beside));
  return {
    calm,
    abused,
    beside,
    p99Ratio: abused.p99Ms / beside.p99Ms,
    p99RatioOfRounds: phases.map(
      (phase) => sumUp([phase.abused]).p99Ms / sumUp([phase.beside]).p99Ms,
    ),
    p99RatioToBefore: abused.p99Ms / calm.p99Ms,
    answersToAbusers: answers,
  };
}
