import { load, type BenchRequest, median } from './load.ts';
import { cpuMs, type Target } from './processes.ts';
import { TEXTS, type Workload } from './workloads.ts';

export interface Measured {
  readonly workload: string;
  readonly target: string;
  /** Milliseconds of CPU of all processes of the target per request: the median of the rounds. */
  readonly cpu: number;
  /** The same of the process that clients talk to. */
  readonly frontCpu: number;
  /** The median of the rounds' ratios to the baseline's CPU in the same round. */
  readonly ratio: number;
  /** How far the rounds' ratios lie apart, as a share of their median. */
  readonly spread: number;
  /** A wider spread than a quarter says more of the machine than of the program. */
  readonly valid: boolean;
  readonly p50: number;
  readonly p99: number;
  readonly rounds: readonly number[];
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly requests: number;
}

const CONCURRENCY = 8;
const MAX_SPREAD = 0.25;

interface Round {
  readonly cpu: number;
  readonly frontCpu: number;
  readonly p50: number;
  readonly p99: number;
}

/** Takes the targets in turn, round after round, so that whatever else the machine does meets all of them. */
export async function measure(
  workload: Workload,
  baseline: Target,
  others: readonly Target[],
  options: MeasureOptions,
): Promise<Measured[]> {
  const targets = [baseline, ...others];
  for (const target of targets) await measureRound(workload, target, target === baseline, options.requests);
  const rounds = new Map<Target, Round[]>(targets.map((target) => [target, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const target of targets) rounds.get(target)?.push(await measureRound(workload, target, target === baseline, options.requests));
  }
  const base = rounds.get(baseline) ?? [];
  return targets.map((target) => summarise(workload, target, rounds.get(target) ?? [], base));
}

async function measureRound(workload: Workload, target: Target, isBaseline: boolean, count: number): Promise<Round> {
  const isGraphQL = !isBaseline && !target.name.startsWith('hand-written');
  const requests = Array.from({ length: count }, (_, index): BenchRequest => {
    const of = index % workload.size;
    return isGraphQL ? workload.graphql(of, index % TEXTS) : workload.handWritten(of);
  });
  const before = cpuMs(target.processes);
  const frontBefore = cpuMs([target.front]);
  const latencies = await load(target.url, requests, CONCURRENCY);
  return { cpu: (cpuMs(target.processes) - before) / count, frontCpu: (cpuMs([target.front]) - frontBefore) / count, ...latencies };
}

function summarise(workload: Workload, target: Target, rounds: readonly Round[], base: readonly Round[]): Measured {
  const ratios = rounds.map(({ cpu }, index) => cpu / (base[index]?.cpu ?? NaN));
  const ratio = median(ratios);
  const spread = (Math.max(...ratios) - Math.min(...ratios)) / ratio;
  const of = (key: keyof Round) => to3(median(rounds.map((round) => round[key])));
  return {
    workload: workload.name,
    target: target.name,
    cpu: of('cpu'),
    frontCpu: of('frontCpu'),
    ratio: to3(ratio),
    spread: to3(spread),
    valid: spread <= MAX_SPREAD,
    p50: of('p50'),
    p99: of('p99'),
    rounds: ratios.map(to3),
  };
}

const to3 = (value: number) => Math.round(value * 1000) / 1000;
