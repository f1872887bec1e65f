import type { Pool } from 'undici';
import { type BenchRequest, load, median, openPool, quantile } from './load.ts';
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
  /** How many requests each target answers in a round. */
  readonly requests: number;
}

const MAX_SPREAD = 0.25;

/** Some seconds of other work on the machine must not meet one target alone, so a round takes the targets in turn many times. */
const TURNS = 20;

interface Round {
  readonly cpu: number;
  readonly frontCpu: number;
  readonly p50: number;
  readonly p99: number;
}

export async function measure(
  workload: Workload,
  baseline: Target,
  others: readonly Target[],
  { rounds: count, requests }: MeasureOptions,
): Promise<Measured[]> {
  const contenders = [baseline, ...others].map((target) => new Contender(target, workload));
  await measureRound(contenders, requests);
  const rounds: (readonly Round[])[] = [];
  for (let round = 0; round < count; round += 1) rounds.push(await measureRound(contenders, requests));
  await Promise.all(contenders.map((contender) => contender.close()));
  const base = rounds.map(([first]) => first);
  return contenders.map(({ target }, index) => {
    const own = rounds.flatMap((round) => round[index] ?? []);
    return summarise(workload, target, own, base);
  });
}

async function measureRound(contenders: readonly Contender[], requests: number): Promise<readonly Round[]> {
  for (let turn = 0; turn < TURNS; turn += 1) for (const contender of contenders) await contender.take(Math.ceil(requests / TURNS));
  return contenders.map((contender) => contender.endRound());
}

/** A target with its connections and what it has used in this round. */
class Contender {
  readonly target: Target;
  readonly #workload: Workload;
  readonly #pool: Pool;
  #sent = 0;
  #cpu = 0;
  #frontCpu = 0;
  #ms: number[] = [];

  constructor(target: Target, workload: Workload) {
    this.target = target;
    this.#workload = workload;
    this.#pool = openPool(target.url);
  }

  async take(count: number): Promise<void> {
    const requests = Array.from({ length: count }, () => this.#nextRequest());
    const { processes, front } = this.target;
    const before = cpuMs(processes);
    const frontBefore = cpuMs([front]);
    this.#ms.push(...(await load(this.#pool, requests)));
    this.#cpu += cpuMs(processes) - before;
    this.#frontCpu += cpuMs([front]) - frontBefore;
  }

  endRound(): Round {
    const ms = this.#ms.sort((a, b) => a - b);
    const count = ms.length;
    const round = { cpu: this.#cpu / count, frontCpu: this.#frontCpu / count, p50: quantile(ms, 0.5), p99: quantile(ms, 0.99) };
    this.#cpu = this.#frontCpu = 0;
    this.#ms = [];
    return round;
  }

  close = () => this.#pool.close();

  #nextRequest(): BenchRequest {
    const index = this.#sent;
    this.#sent += 1;
    const of = index % this.#workload.size;
    return this.target.isGraphQL ? this.#workload.graphql(of, index % TEXTS) : this.#workload.handWritten(of);
  }
}

function summarise(workload: Workload, target: Target, rounds: readonly Round[], base: readonly (Round | undefined)[]): Measured {
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
