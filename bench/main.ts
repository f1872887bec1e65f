// Measures the gateway against a hand-written endpoint: `npm run bench`, or parts of it: `npm run bench -- --parts cpu --rounds 3`.
// docs/performance.md says what the figures mean.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { checkEqual } from './check-equal.ts';
import { measureColdStart } from './cold-start.ts';
import { measureEventLoop } from './event-loop.ts';
import { measureLatency } from './latency.ts';
import { measure, type Measured } from './measure.ts';
import { measureMemory } from './memory.ts';
import { announced, type Environment, start } from './processes.ts';
import { startDistributed, startEmbedded, startHandWritten } from './targets.ts';
import { buildWorkloads, type Workload } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: 'cpu,latency,start,memory,loop' },
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '1000' },
    workloads: { type: 'string', default: 'list,one' },
    targets: { type: 'string', default: 'hand-written on node:http,embedded,distributed' },
    latency: { type: 'string', default: '50' },
  },
});
const parts = options.parts.split(',');

/** What cannot be measured in this run is null. */
type Figures = Partial<Record<(typeof NAMES)[number], number | boolean | null>>;
const NAMES = [
  'listCpuRatio',
  'oneCpuRatio',
  'listRounds',
  'listLatencyExcessMs',
  'upstreamCallsEqual',
  'listCpuVsHive',
  'gatewayCpuVsHive',
  'gatewayCpuVsApollo',
  'coldStartMs',
  'residentMb',
  'residentGrowth',
  'firstBlockMs',
  'loopBlockMs',
  'valid',
] as const;

async function withSandbox<T>(latencyMs: string, use: (environment: Environment) => Promise<T>): Promise<T> {
  const sandbox = start('sandbox', ['hubspot', 'stripe', 'google'], { SANDBOX_LATENCY_MS: latencyMs });
  const { environment } = await announced<{ environment: Record<string, string> }>(sandbox);
  try {
    return await use(environment);
  } finally {
    sandbox.kill();
  }
}

async function compareCpu(environment: Environment, workloads: readonly Workload[], measured: Measured[]): Promise<Figures> {
  const starts: Readonly<Record<string, () => ReturnType<typeof startEmbedded>>> = {
    'hand-written on node:http': () => startHandWritten(environment, 'bare'),
    embedded: () => startEmbedded(environment),
    distributed: () => startDistributed(environment),
  };
  const baseline = await startHandWritten(environment, 'fastify');
  const others = await Promise.all(options.targets.split(',').flatMap((name) => starts[name]?.() ?? []));
  try {
    const embedded = others.find(({ name }) => name === 'embedded');
    const upstreamCallsEqual = embedded ? await checkEqual(workloads, baseline, embedded) : null;
    for (const workload of workloads.filter(({ name }) => options.workloads.split(',').includes(name))) {
      const settings = { rounds: Number(options.rounds), requests: Number(options.requests) };
      measured.push(...(await measure(workload, baseline, others, settings)));
    }
    const ratioOf = (workload: string) => measured.find((one) => one.workload === workload && one.target === 'embedded')?.ratio ?? null;
    const valid = measured.every((one) => one.valid);
    return { listCpuRatio: ratioOf('list'), oneCpuRatio: ratioOf('one'), upstreamCallsEqual, valid };
  } finally {
    for (const target of [baseline, ...others]) target.close();
  }
}

async function readWorkloads(environment: Environment): Promise<readonly Workload[]> {
  const gateway = await startEmbedded(environment);
  const pool = new Pool(gateway.url);
  const workloads = await buildWorkloads(pool, environment);
  await pool.close();
  gateway.close();
  return workloads;
}

async function compareLatency(environment: Environment): Promise<Figures> {
  const list = listOf(await readWorkloads(environment));
  const [handWritten, gateway] = [await startHandWritten(environment, 'fastify'), await startEmbedded(environment)];
  const figures = await measureLatency(handWritten, gateway, list);
  for (const target of [handWritten, gateway]) target.close();
  return figures;
}

function listOf(workloads: readonly Workload[]): Workload {
  const list = workloads.find(({ name }) => name === 'list');
  if (list === undefined) throw new TypeError('There is a list among the workloads.');
  return list;
}

const measured: Measured[] = [];
const figures: Figures = await withSandbox('0', async (environment) => {
  const workloads = await readWorkloads(environment);
  return {
    ...(parts.includes('start') && { coldStartMs: await measureColdStart(environment, listOf(workloads)) }),
    ...(parts.includes('loop') && (await measureEventLoop(environment))),
    ...(parts.includes('cpu') && (await compareCpu(environment, workloads, measured))),
    ...(parts.includes('memory') && (await measureMemory(environment, listOf(workloads)))),
  };
});
if (parts.includes('latency')) Object.assign(figures, await withSandbox(options.latency, compareLatency));

const result = Object.fromEntries(NAMES.map((name) => [name, rounded(figures[name] ?? null)]));
console.table(measured, ['workload', 'target', 'cpu', 'frontCpu', 'ratio', 'spread', 'p50', 'p99']);
console.log(result);
mkdirSync(new URL('./results/', import.meta.url), { recursive: true });
writeFileSync(new URL('./results/latest.json', import.meta.url), `${JSON.stringify({ ...result, measured }, null, 2)}\n`);

function rounded(value: number | boolean | null) {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
