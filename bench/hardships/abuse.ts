import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { VENDORS } from '../../sandbox/sandbox.ts';
import { type ClosedGateway, startClosedGateway } from '../abuse/closed-gateway.ts';
import { median, quantile, timeOf } from '../load.ts';
import { built, type Environment, start } from '../processes.ts';
import { startVendors } from '../targets.ts';
import { readWorkloads, type Workload, workloadNamed } from '../workloads.ts';

export interface AbuseOptions {
  /** Each has a calm phase and one with abuse. */
  readonly rounds: number;
  /** Of each phase. Budgets come back within a minute, so that each abused phase begins with whole ones. */
  readonly seconds: number;
}

const ABUSERS = 10;
const GOOD_PER_SECOND = 20;
const VENDOR_LATENCY_MS = '20';
const WARM_UP_SECONDS = 10;

/** What an operator sets for everybody; the good caller has a contract for more. */
const LIMITS = { CALLER_REQUESTS_PER_MINUTE: '60', CALLER_COST_PER_MINUTE: '2000', CALLER_MAX_CONCURRENT: '2' };
const GOOD_LIMITS = { requestsPerMinute: 2000, costPerMinute: 10_000_000, maxConcurrent: 500 };
const UNLIMITED = { requestsPerMinute: 1_000_000, costPerMinute: 1_000_000_000, maxConcurrent: 500 };

/**
 * Whether a good caller notices that ten others send all that they can, fifty times a second each where they are answered as fast. Beside
 * it, another asks another gateway on the same machine, which nobody abuses: what both notice is the machine's, of whose cores the abusers
 * and the vendors take theirs. Memory is the matter of the attacks: a collection that is forced here would go on to be felt in every phase.
 */
export async function measureAbuse({ rounds, seconds }: AbuseOptions) {
  const [abusedSide, bystander] = [await startSide(), await startSide()];
  const { gateway, good } = abusedSide;
  const keys = await Promise.all(Array.from({ length: ABUSERS }, () => gateway.addKey()));
  const abusers = start(built('bench/abusers'), [gateway.url, await gateway.addKey(UNLIMITED), ...keys], {});
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
    const [abused, beside] = await Promise.all([watch(abusedSide, seconds), watch(bystander, seconds)]);
    const answered = once(abusers, 'message');
    abusers.send('end');
    const [counts] = (await answered) as [Record<string, number>];
    for (const [answer, count] of Object.entries(counts)) answers[answer] = (answers[answer] ?? 0) + count;
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
    p99RatioOfRounds: phases.map((phase) => sumUp([phase.abused]).p99Ms / sumUp([phase.beside]).p99Ms),
    p99RatioToBefore: abused.p99Ms / calm.p99Ms,
    answersToAbusers: answers,
  };
}

/** A gateway with vendors and a caller of its own. */
interface Side {
  readonly gateway: ClosedGateway;
  readonly good: GoodCaller;
  readonly close: () => Promise<void>;
}

async function startSide(): Promise<Side> {
  // Each in a process of its own: what is asked of one of them must not keep another busy.
  const vendors = await Promise.all(VENDORS.map((vendor) => startVendors(VENDOR_LATENCY_MS, [vendor])));
  const environment = Object.assign({}, ...vendors.map((vendor) => vendor.environment)) as Environment;
  const page = workloadNamed('company-customers', await readWorkloads(environment));
  const gateway = await startClosedGateway({ ...environment, ...LIMITS });
  const good = await createGoodCaller(gateway, page);
  return {
    gateway,
    good,
    close: async () => {
      await good.close();
      await gateway.close();
      for (const vendor of vendors) vendor.close();
    },
  };
}

interface GoodCaller {
  /** @returns the milliseconds that each request took. */
  readonly ask: (seconds: number) => Promise<number[]>;
  readonly close: () => Promise<void>;
}

/** One that asks for a page now and then, whatever came of the one before. */
async function createGoodCaller(gateway: ClosedGateway, page: Workload): Promise<GoodCaller> {
  const headers = { authorization: `Bearer ${await gateway.addKey(GOOD_LIMITS)}` };
  const pool = new Pool(gateway.url);
  let sent = 0;
  const askOnce = () => {
    const request = page.graphql(sent % page.size, sent % 10);
    sent += 1;
    return timeOf(pool, request, headers);
  };
  return {
    ask: async (seconds: number) => {
      const asked: Promise<number>[] = [];
      const begun = performance.now();
      while (asked.length < seconds * GOOD_PER_SECOND) {
        asked.push(askOnce());
        await wait(Math.max(0, begun + (asked.length * 1000) / GOOD_PER_SECOND - performance.now()));
      }
      return Promise.all(asked);
    },
    close: () => pool.close(),
  };
}

interface Phase {
  readonly ms: readonly number[];
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Of one core. */
  readonly cpuShare: number;
}

async function watch({ gateway, good }: Side, seconds: number): Promise<Phase> {
  await gateway.ask('delay');
  const begun = performance.now();
  const ms = await good.ask(seconds);
  const { delayP99Ms, delayMaxMs, cpuMs } = await gateway.ask('delay');
  return { ms, delayP99Ms, delayMaxMs, cpuShare: cpuMs / (performance.now() - begun) };
}

function sumUp(phases: readonly Phase[]) {
  const ms = phases.flatMap((phase) => phase.ms).sort((a, b) => a - b);
  return {
    requests: ms.length,
    p50Ms: quantile(ms, 0.5),
    p99Ms: quantile(ms, 0.99),
    cpuShare: median(phases.map(({ cpuShare }) => cpuShare)),
    loopDelayP99Ms: median(phases.map(({ delayP99Ms }) => delayP99Ms)),
    loopDelayMaxMs: Math.max(...phases.map(({ delayMaxMs }) => delayMaxMs)),
  };
}
