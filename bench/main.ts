// Measures the gateway against a hand-written endpoint and other gateways: `npm run bench`, `npm run bench -- --peers`, or parts of
// it: `npm run bench -- --parts cpu --rounds 3`. docs/performance.md says what the figures mean.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { measureColdStart } from './cold-start.ts';
import { compareCpu } from './compare-cpu.ts';
import { measureEventLoop } from './event-loop.ts';
import { type Figures, NOT_MEASURED } from './figures.ts';
import { measureLatency } from './latency.ts';
import { measureMemory } from './memory.ts';
import { announced, built, type Environment, start } from './processes.ts';
import { startHandWritten, startTraced } from './targets.ts';
import { buildWorkloads, type Workload } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: 'cpu,latency,start,memory,loop' },
    peers: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '1000' },
    workloads: { type: 'string', default: 'list,one' },
    latency: { type: 'string', default: '50' },
  },
});
const parts = options.parts.split(',');

async function withSandbox<T>(latencyMs: string, use: (environment: Environment) => Promise<T>): Promise<T> {
  const sandbox = start(built('sandbox'), ['hubspot', 'stripe', 'google'], { SANDBOX_LATENCY_MS: latencyMs });
  const { environment } = await announced<{ environment: Record<string, string> }>(sandbox);
  try {
    return await use(environment);
  } finally {
    sandbox.kill();
  }
}

async function readWorkloads(environment: Environment): Promise<readonly Workload[]> {
  const gateway = await startTraced(environment);
  const pool = new Pool(gateway.url);
  const workloads = await buildWorkloads(pool, environment);
  await pool.close();
  gateway.close();
  return workloads;
}

async function compareLatency(environment: Environment): Promise<Partial<Figures>> {
  const list = listOf(await readWorkloads(environment));
  const [handWritten, gateway] = [await startHandWritten(environment, 'fastify'), await startTraced(environment)];
  const figures = await measureLatency(handWritten, gateway, list);
  for (const target of [handWritten, gateway]) target.close();
  return figures;
}

function listOf(workloads: readonly Workload[]): Workload {
  const list = workloads.find(({ name }) => name === 'list');
  if (list === undefined) throw new TypeError('There is a list among the workloads.');
  return list;
}

const cpuOptions = {
  rounds: Number(options.rounds),
  requests: Number(options.requests),
  workloads: options.workloads.split(','),
  peers: options.peers,
};
let cpu: Awaited<ReturnType<typeof compareCpu>> | undefined;
const found: Partial<Figures> = await withSandbox('0', async (environment) => {
  const workloads = await readWorkloads(environment);
  if (parts.includes('cpu')) cpu = await compareCpu(environment, workloads, cpuOptions);
  return {
    ...cpu?.figures,
    ...(parts.includes('start') && { coldStartMs: await measureColdStart(environment, listOf(workloads)) }),
    ...(parts.includes('loop') && (await measureEventLoop(environment))),
    ...(parts.includes('memory') && (await measureMemory(environment, listOf(workloads)))),
  };
});
if (parts.includes('latency')) Object.assign(found, await withSandbox(options.latency, compareLatency));

const figures: Figures = { ...NOT_MEASURED, ...found };
const rounded = Object.fromEntries(Object.entries(figures).map(([name, value]: [string, unknown]) => [name, to3(value)]));
console.table(cpu?.rows);
console.log(rounded);
mkdirSync(new URL('./results/', import.meta.url), { recursive: true });
writeFileSync(
  new URL('./results/latest.json', import.meta.url),
  `${JSON.stringify({ ...rounded, rows: cpu?.rows ?? null, measured: cpu?.measured ?? null }, null, 2)}\n`,
);

function to3(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
