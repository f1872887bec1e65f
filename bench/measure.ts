import type { Pool } from 'undici';
import { type BenchRequest, load, median, openPool, quantile } from './load.ts';
import { cpuMs, type Target } from './processes.ts';
import { TEXTS, type Workload } from './workloads.ts';

/** What a target used and how long it took, in each round. */
export interface Measured {
  readonly workload: string;
  readonly target: string;
  readonly rounds: readonly Round[];
}

export interface Round {
  /** Milliseconds of CPU of all processes of the target per request. */
  readonly cpu: number;
  /** The same of the process that clients talk to. */
  readonly frontCpu: number;
  /** Milliseconds that requests took. */
  readonly p50: number;
  readonly p99: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** How many requests each target answers in a round. */
  readonly requests: number;
  /** At a time. @default 8 */
  readonly connections?: number;
}

/** Some seconds of other work on the machine must not meet one target alone, so a round takes the targets in turn many times. */
const TURNS = 10;

/** Measures targets beside each other, after a round that only warms them. */
export async function measure(
  workload: Workload,
  targets: readonly Target[],
  options: MeasureOptions,
): Promise<Measured[]> {
  const contenders = targets.map((target) => new Contender(target, workload, options.connections));
  await measureRound(contenders, options.requests);
  const rounds: (readonly Round[])[] = [];
  for (let round = 0; round < options.rounds; round += 1)
    rounds.push(await measureRound(contenders, options.requests));
  await Promise.all(contenders.map((contender) => contender.close()));
  return targets.map(({ name }, index) => ({
    workload: workload.name,
    target: name,
    rounds: rounds.flatMap((round) => round[index] ?? []),
  }));
}

async function measureRound(
  contenders: readonly Contender[],
  requests: number,
): Promise<readonly Round[]> {
  for (let turn = 0; turn < TURNS; turn += 1)
    for (const contender of contenders) await contender.take(Math.ceil(requests / TURNS));
  return contenders.map((contender) => contender.endRound());
}

/** The median of what one target used as a share of what another did in the same round. */
export interface Ratio {
  readonly ratio: number;
  /** How far the rounds' ratios lie apart, as a share of their median. */
  readonly spread: number;
}

export function compare(one: Measured, other: Measured, figure: 'cpu' | 'frontCpu'): Ratio {
  const ratios = one.rounds.map(
    (round, index) => round[figure] / (other.rounds[index]?.[figure] ?? NaN),
  );
  const ratio = median(ratios);
  return { ratio, spread: (Math.max(...ratios) - Math.min(...ratios)) / ratio };
}

/** A target with its connections and what it has used in this round. */
class Contender {
  readonly target: Target;
  readonly #workload: Workload;
  readonly #pool: Pool;
  readonly #connections: number | undefined;
  #sent = 0;
  #cpu = 0;
  #frontCpu = 0;
  #ms: number[] = [];

  constructor(target: Target, workload: Workload, connections: number | undefined) {
    this.target = target;
    this.#workload = workload;
    this.#connections = connections;
    this.#pool = openPool(target.url, connections);
  }

  async take(count: number): Promise<void> {
    const requests = Array.from({ length: count }, () => this.#nextRequest());
    const { processes, front } = this.target;
    const before = cpuMs(processes);
    const frontBefore = cpuMs([front]);
    this.#ms.push(...(await load(this.#pool, requests, this.#connections)));
    this.#cpu += cpuMs(processes) - before;
    this.#frontCpu += cpuMs([front]) - frontBefore;
  }

  endRound(): Round {
    const ms = this.#ms.sort((a, b) => a - b);
    const count = ms.length;
    const round = {
      cpu: this.#cpu / count,
      frontCpu: this.#frontCpu / count,
      p50: quantile(ms, 0.5),
      p99: quantile(ms, 0.99),
    };
    this.#cpu = this.#frontCpu = 0;
    this.#ms = [];
    return round;
  }

  close = () => this.#pool.close();

  #nextRequest(): BenchRequest {
    const index = this.#sent;
    this.#sent += 1;
    const of = index % this.#workload.size;
    const { isGraphQL, isAskedByGet = false } = this.target;
    if (isAskedByGet) return this.#workload.persisted(of, index % TEXTS);
    return isGraphQL ? this.#workload.graphql(of, index % TEXTS) : this.#workload.handWritten(of);
  }
}
