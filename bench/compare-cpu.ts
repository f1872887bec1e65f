import { checkAnswers, hasEqualCalls } from './check-equal.ts';
import type { Figures } from './figures.ts';
import { median } from './load.ts';
import { compare, type Measured, type Ratio, measure } from './measure.ts';
import { type Peers, startPeers } from './peers.ts';
import type { Environment, Target } from './processes.ts';
import { startDistributed, startEmbedded, startHandWritten, startServices, startTraced } from './targets.ts';
import type { Workload } from './workloads.ts';

export interface CpuOptions {
  readonly rounds: number;
  readonly requests: number;
  /** Names of the workloads to measure. */
  readonly workloads: readonly string[];
  readonly peers: boolean;
}

/** A line of the table. */
export interface CpuRow {
  readonly workload: string;
  readonly target: string;
  readonly cpu: number;
  readonly frontCpu: number;
  /** Of the hand-written endpoint's CPU. */
  readonly ratio: number;
  readonly spread: number;
  readonly p50: number;
  readonly p99: number;
}

/** What the targets use of the CPU for the same answers. */
export async function compareCpu(environment: Environment, workloads: readonly Workload[], options: CpuOptions) {
  const services = await startServices(environment);
  const targets: Target[] = [];
  let peers: Peers | undefined;
  try {
    const handWritten = await startHandWritten(environment, 'fastify');
    targets.push(handWritten, await startHandWritten(environment, 'bare'), await startEmbedded(environment));
    targets.push(await startDistributed(environment, services));
    if (options.peers) peers = await startPeers(services);
    targets.push(...(peers?.targets ?? []));
    await checkAnswers(workloads, handWritten, targets.slice(1));
    const traced = await startTraced(environment);
    const upstreamCallsEqual = await hasEqualCalls(workloads, handWritten, traced);
    traced.close();

    const measured: Measured[] = [];
    for (const workload of workloads.filter(({ name }) => options.workloads.includes(name))) {
      measured.push(...(await measure(workload, targets, { ...options, requests: options.requests * workload.weight })));
    }
    return { figures: { ...figuresOf(measured), upstreamCallsEqual }, rows: measured.map((one) => rowOf(one, measured)), measured };
  } finally {
    for (const target of targets) target.close();
    services.close();
    peers?.remove();
  }
}

/** The rounds' ratios may lie apart by a quarter of their median; what lies further says more of the machine. */
const MAX_SPREAD = 0.25;

function figuresOf(measured: readonly Measured[]): Partial<Figures> {
  const list = ratiosOf(measured, 'list');
  const one = ratiosOf(measured, 'one');
  const ratios = {
    listCpuRatio: list('embedded', 'hand-written', 'cpu'),
    oneCpuRatio: one('embedded', 'hand-written', 'cpu'),
    listCpuVsHive: list('embedded', 'Hive Gateway', 'cpu'),
    gatewayCpuVsHive: list('distributed', 'Hive Gateway', 'frontCpu'),
    gatewayCpuVsApollo: list('distributed', '@apollo/gateway', 'frontCpu'),
  };
  const taken = Object.entries(ratios).filter((entry): entry is [string, Ratio] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(taken.map(([name, { ratio }]) => [name, ratio])),
    valid: taken.every(([, { spread }]) => spread <= MAX_SPREAD),
  };
}

function ratiosOf(measured: readonly Measured[], workload: string) {
  const find = (target: string) => measured.find((one) => one.workload === workload && one.target === target);
  return (target: string, other: string, figure: 'cpu' | 'frontCpu'): Ratio | undefined => {
    const [one, two] = [find(target), find(other)];
    return one && two && compare(one, two, figure);
  };
}

function rowOf(one: Measured, measured: readonly Measured[]): CpuRow {
  const { workload, target, rounds } = one;
  const baseline = measured.find((other) => other.workload === workload) ?? one;
  const of = (key: keyof Measured['rounds'][number]) => to3(median(rounds.map((round) => round[key])));
  const { ratio, spread } = compare(one, baseline, 'cpu');
  return {
    workload,
    target,
    cpu: of('cpu'),
    frontCpu: of('frontCpu'),
    ratio: to3(ratio),
    spread: to3(spread),
    p50: of('p50'),
    p99: of('p99'),
  };
}

const to3 = (value: number) => Math.round(value * 1000) / 1000;
