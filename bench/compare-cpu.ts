import { checkAnswers, hasEqualCalls } from './check-equal.ts';
import type { Figures } from './figures.ts';
import { median, openPool, timeOf } from './load.ts';
import { compare, type Measured, type Ratio, measure } from './measure.ts';
import { type Peers, startPeers } from './peers.ts';
import type { Environment, Target } from './processes.ts';
import {
  startDistributed,
  startEmbedded,
  startHandWritten,
  startServices,
  startTraced,
} from './targets.ts';
import { TEXTS, type Workload, workloadNamed } from './workloads.ts';

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
  /** To the CPU of the first target measured beside it. */
  readonly ratio: number;
  readonly spread: number;
  readonly p50: number;
  readonly p99: number;
}

/** What the targets use of the CPU for the same answers. */
export async function compareCpu(
  environment: Environment,
  workloads: readonly Workload[],
  options: CpuOptions,
) {
  const services = await startServices(environment);
  const started: Target[] = [];
  let peers: Peers | undefined;
  try {
    const handWritten = await startHandWritten(environment, 'fastify');
    const embedded = await startEmbedded(environment);
    const own = [handWritten, await startHandWritten(environment, 'bare'), embedded];
    own.push(await startDistributed(environment, services));
    started.push(...own);
    if (options.peers) peers = await startPeers(services);
    started.push(...(peers?.targets ?? []));
    await checkAnswers(workloads, handWritten, started.slice(1));
    const upstreamCallsEqual = await hasEqualCallsAs(handWritten, environment, workloads);

    const measured = await measureAll(own, workloads, options);
    // Beside each other alone: more targets at a time would mean longer pauses for each.
    const besidePeers =
      peers === undefined
        ? []
        : await measureAll([...own.slice(2), ...peers.targets], workloads, options);
    const byGet = await compareGet(embedded, workloadNamed('one', workloads), options);
    const rows = [...rowsOf(measured), ...rowsOf(besidePeers)];
    const figures = { ...figuresOf(measured, besidePeers), upstreamCallsEqual, ...byGet };
    return { figures, rows, measured: [...measured, ...besidePeers] };
  } finally {
    for (const target of started) target.close();
    services.close();
    peers?.remove();
  }
}

/** A persisted GET beside the same POST, for one process: with eight connections and with 64. */
async function compareGet(
  embedded: Target,
  one: Workload,
  options: CpuOptions,
): Promise<Partial<Figures>> {
  const pool = openPool(embedded.url);
  for (let text = 0; text < TEXTS; text += 1) await timeOf(pool, one.register(text));
  await pool.close();
  const targets = [embedded, { ...embedded, name: 'embedded by GET', isAskedByGet: true }];
  const ratioWith = async (connections: number) => {
    const [post, get] = await measure(one, targets, {
      ...options,
      requests: options.requests * one.weight,
      connections,
    });
    return post && get && compare(get, post, 'cpu').ratio;
  };
  return {
    getCpuVsPost: (await ratioWith(8)) ?? null,
    getCpuVsPost64: (await ratioWith(64)) ?? null,
  };
}

async function hasEqualCallsAs(
  handWritten: Target,
  environment: Environment,
  workloads: readonly Workload[],
): Promise<boolean> {
  const traced = await startTraced(environment);
  const isEqual = await hasEqualCalls(workloads, handWritten, traced);
  traced.close();
  return isEqual;
}

async function measureAll(
  targets: readonly Target[],
  workloads: readonly Workload[],
  options: CpuOptions,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const workload of workloads.filter(({ name }) => options.workloads.includes(name))) {
    measured.push(
      ...(await measure(workload, targets, {
        ...options,
        requests: options.requests * workload.weight,
      })),
    );
  }
  return measured;
}

/** The rounds' ratios may lie apart by a quarter of their median; what lies further says more of the machine. */
const MAX_SPREAD = 0.25;

function figuresOf(
  measured: readonly Measured[],
  besidePeers: readonly Measured[],
): Partial<Figures> {
  const [list, one, listBesidePeers] = [
    ratiosOf(measured, 'list'),
    ratiosOf(measured, 'one'),
    ratiosOf(besidePeers, 'list'),
  ];
  const ratios = {
    listCpuRatio: list('embedded', 'hand-written', 'cpu'),
    oneCpuRatio: one('embedded', 'hand-written', 'cpu'),
    listCpuVsHive: listBesidePeers('embedded', 'Hive Gateway', 'cpu'),
    gatewayCpuVsHive: listBesidePeers('distributed', 'Hive Gateway', 'frontCpu'),
    gatewayCpuVsApollo: listBesidePeers('distributed', '@apollo/gateway', 'frontCpu'),
  };
  const taken = Object.entries(ratios).filter(
    (entry): entry is [string, Ratio] => entry[1] !== undefined,
  );
  return {
    ...Object.fromEntries(taken.map(([name, { ratio }]) => [name, ratio])),
    valid: taken.every(([, { spread }]) => spread <= MAX_SPREAD),
  };
}

function ratiosOf(measured: readonly Measured[], workload: string) {
  const find = (target: string) =>
    measured.find((one) => one.workload === workload && one.target === target);
  return (target: string, other: string, figure: 'cpu' | 'frontCpu'): Ratio | undefined => {
    const [one, two] = [find(target), find(other)];
    return one && two && compare(one, two, figure);
  };
}

/** The first target of each workload is what the others are compared with. */
function rowsOf(measured: readonly Measured[]): CpuRow[] {
  return measured.map((one) => {
    const { workload, target, rounds } = one;
    const first = measured.find((other) => other.workload === workload) ?? one;
    const of = (key: keyof Measured['rounds'][number]) =>
      to3(median(rounds.map((round) => round[key])));
    const { ratio, spread } = compare(one, first, 'cpu');
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
  });
}

const to3 = (value: number) => Math.round(value * 1000) / 1000;
