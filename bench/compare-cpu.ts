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
    const handWritten = await startHandWritten(environment);
    const embedded = await startEmbedded(environment);
    const own = [handWritten, embedded, await startDistributed(environment, services)];
    const bare = await startHandWritten(environment, 'bare');
    started.push(...own, bare);
    if (options.peers) peers = await startPeers(services);
    started.push(...(peers?.targets ?? []));
    const graphs = started.filter(({ isGraphQL }) => isGraphQL);
    await checkAnswers(workloads, handWritten, graphs);
    const ofBare = workloads.filter(({ name }) => BARE_WORKLOADS.includes(name));
    await checkAnswers(ofBare, handWritten, [bare]);
    const upstreamCallsEqual = await hasEqualCallsAs(handWritten, environment, workloads);

    const measured = await measureAll(own, workloads, options);
    // Beside each other alone: more targets at a time would mean longer pauses for each.
    const besidePeers =
      peers === undefined
        ? []
        : await measureAll([...own.slice(1), ...peers.targets], workloads, options);
    const besideBare = await measureAll([bare, embedded], ofBare, options);
    const byGet = await compareGet(embedded, workloadNamed('one', workloads), options);
    const tables = [measured, besideBare, besidePeers];
    const figures = { ...figuresOf(measured, besideBare, besidePeers), upstreamCallsEqual };
    return {
      figures: { ...figures, ...byGet },
      rows: tables.flatMap(rowsOf),
      measured: tables.flat(),
    };
  } finally {
    for (const target of started) target.close();
    services.close();
    peers?.remove();
  }
}

/** The bars against it are those of these two. */
const BARE_WORKLOADS = ['list', 'one'];

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
  besideBare: readonly Measured[],
  besidePeers: readonly Measured[],
): Partial<Figures> {
  const [list, one] = [ratiosOf(measured, 'list'), ratiosOf(measured, 'one')];
  const listBesidePeers = ratiosOf(besidePeers, 'list');
  const ratios = {
    listCpuRatio: list('embedded', 'hand-written', 'cpu'),
    oneCpuRatio: one('embedded', 'hand-written', 'cpu'),
    listCpuVsBare: ratiosOf(besideBare, 'list')('embedded', 'bare', 'cpu'),
    oneCpuVsBare: ratiosOf(besideBare, 'one')('embedded', 'bare', 'cpu'),
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
