import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { VENDORS } from '../../sandbox/sandbox.ts';
import { median, quantile, timeOf } from '../load.ts';
import type { Environment } from '../processes.ts';
import { startVendors } from '../targets.ts';
import { readWorkloads, type Workload, workloadNamed } from '../workloads.ts';
import { type ClosedGateway, startClosedGateway } from './closed-gateway.ts';

const GOOD_PER_SECOND = 20;
const VENDOR_LATENCY_MS = '20';

/** What an operator sets for everybody; the good caller has a contract for more. */
const LIMITS = {
  CALLER_REQUESTS_PER_MINUTE: '60',
  CALLER_COST_PER_MINUTE: '2000',
  CALLER_MAX_CONCURRENT: '2',
};
const GOOD_LIMITS = { requestsPerMinute: 2000, costPerMinute: 10_000_000, maxConcurrent: 500 };

/** A gateway with vendors and a caller of its own. */
export interface Side {
  readonly gateway: ClosedGateway;
  readonly good: GoodCaller;
  readonly close: () => Promise<void>;
}

export async function startSide(): Promise<Side> {
  // Each in a process of its own: what is asked of one of them must not keep another busy.
  const vendors = await Promise.all(
    VENDORS.map((vendor) => startVendors(VENDOR_LATENCY_MS, [vendor])),
  );
  const environment = Object.assign(
    {},
    ...vendors.map((vendor) => vendor.environment),
  ) as Environment;
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

export interface GoodCaller {
  /** @returns the milliseconds that each request took. */
  readonly ask: (seconds: number) => Promise<number[]>;
  readonly close: () => Promise<void>;
}

/** A caller that requests a page at intervals, regardless of earlier results. */
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
        await wait(
          Math.max(0, begun + (asked.length * 1000) / GOOD_PER_SECOND - performance.now()),
        );
      }
      return Promise.all(asked);
    },
    close: () => pool.close(),
  };
}

export interface Phase {
  readonly ms: readonly number[];
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Of one core. */
  readonly cpuShare: number;
}

export async function watch({ gateway, good }: Side, seconds: number): Promise<Phase> {
  await gateway.ask('delay');
  const begun = performance.now();
  const ms = await good.ask(seconds);
  const { delayP99Ms, delayMaxMs, cpuMs } = await gateway.ask('delay');
  return { ms, delayP99Ms, delayMaxMs, cpuShare: cpuMs / (performance.now() - begun) };
}

export function sumUp(phases: readonly Phase[]) {
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
