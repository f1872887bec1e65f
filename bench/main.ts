// Measures the gateway against a hand-written endpoint and other gateways: `npm run bench`, `npm run bench -- --peers`, or parts of
// it: `npm run bench -- --parts cpu --rounds 3`. docs/performance.md says what the figures mean.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureColdStart } from './cold-start.ts';
import { compareCpu } from './compare-cpu.ts';
import { measureEventLoop } from './event-loop.ts';
import { type Figures, NOT_MEASURED } from './figures.ts';
import { measureLatency } from './latency.ts';
import { measureMemory } from './memory.ts';
import { compareMixed } from './mixed.ts';
import { compareConnectors } from './connectors/compare-connectors.ts';
import { measureLive } from './live/measure-live.ts';
import type { Environment } from './processes.ts';
import { startHandWritten, startTraced, startVendors } from './targets.ts';
import { readWorkloads, workloadNamed } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: 'cpu,mixed,connectors,live,latency,start,memory,loop' },
    peers: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '1000' },
    workloads: { type: 'string', default: 'list,one' },
    latency: { type: 'string', default: '50' },
  },
});
const parts = options.parts.split(',');

async function withVendors<T>(
  latencyMs: string,
  use: (environment: Environment) => Promise<T>,
): Promise<T> {
  const vendors = await startVendors(latencyMs);
  try {
    return await use(vendors.environment);
  } finally {
    vendors.close();
  }
}

async function compareLatency(environment: Environment): Promise<Partial<Figures>> {
  const list = workloadNamed('list', await readWorkloads(environment));
  const [handWritten, gateway] = [
    await startHandWritten(environment),
    await startTraced(environment),
  ];
  const figures = await measureLatency(handWritten, gateway, list);
  for (const target of [handWritten, gateway]) target.close();
  return figures;
}

const cpuOptions = {
  rounds: Number(options.rounds),
  requests: Number(options.requests),
  workloads: options.workloads.split(','),
  peers: options.peers,
};
let cpu: Awaited<ReturnType<typeof compareCpu>> | undefined;
const found: Partial<Figures> = await withVendors('0', async (environment) => {
  const workloads = await readWorkloads(environment);
  const list = workloadNamed('list', workloads);
  if (parts.includes('cpu')) cpu = await compareCpu(environment, workloads, cpuOptions);
  return {
    ...cpu?.figures,
    ...(parts.includes('mixed') && (await compareMixed(environment, list, cpuOptions))),
    ...(parts.includes('live') && (await measureLive(environment))),
    ...(parts.includes('start') && { coldStartMs: await measureColdStart(environment, list) }),
    ...(parts.includes('loop') && (await measureEventLoop(environment))),
    ...(parts.includes('memory') && (await measureMemory(environment, list))),
  };
});
if (parts.includes('latency'))
  Object.assign(found, await withVendors(options.latency, compareLatency));

if (parts.includes('connectors')) Object.assign(found, await compareConnectors(cpuOptions));

const figures: Figures = { ...NOT_MEASURED, ...found };
const rounded = Object.fromEntries(
  Object.entries(figures).map(([name, value]: [string, unknown]) => [name, to3(value)]),
);
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
