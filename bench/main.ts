// Measures the gateway against a hand-written endpoint. `npm run bench -- --rounds 7 --requests 1000`; see docs/performance.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { announced, start } from './processes.ts';
import { measure, type Measured } from './measure.ts';
import { checkEqual } from './check-equal.ts';
import { startDistributed, startEmbedded, startHandWritten } from './targets.ts';
import { buildWorkloads } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '1000' },
    workloads: { type: 'string', default: 'list,one' },
    targets: { type: 'string', default: 'hand-written on node:http,embedded,distributed' },
  },
});

const sandbox = start('sandbox', ['hubspot', 'stripe', 'google'], {});
const { environment } = await announced<{ environment: Record<string, string> }>(sandbox);
const starts = {
  'hand-written on node:http': () => startHandWritten(environment, 'bare'),
  embedded: () => startEmbedded(environment),
  distributed: () => startDistributed(environment),
};
const wished = options.targets.split(',');
const baseline = await startHandWritten(environment, 'fastify');
const others = await Promise.all(Object.entries(starts).flatMap(([name, begin]) => (wished.includes(name) ? [begin()] : [])));
const embedded = others.find(({ name }) => name === 'embedded') ?? (await startEmbedded(environment));
const gateway = new Pool(embedded.url);
const workloads = await buildWorkloads(gateway, environment);

try {
  const upstreamCallsEqual = await checkEqual(workloads, baseline, embedded);
  const measured: Measured[] = [];
  for (const workload of workloads.filter(({ name }) => options.workloads.split(',').includes(name))) {
    measured.push(...(await measure(workload, baseline, others, { rounds: Number(options.rounds), requests: Number(options.requests) })));
  }
  console.table(measured, ['workload', 'target', 'cpu', 'frontCpu', 'ratio', 'spread', 'p50', 'p99']);
  const ratioOf = (workload: string, target: string) =>
    measured.find((one) => one.workload === workload && one.target === target)?.ratio ?? null;
  const figures = {
    listCpuRatio: ratioOf('list', 'embedded'),
    oneCpuRatio: ratioOf('one', 'embedded'),
    upstreamCallsEqual,
    valid: measured.every(({ valid }) => valid),
  };
  console.log(figures);
  mkdirSync(new URL('./results/', import.meta.url), { recursive: true });
  writeFileSync(new URL('./results/latest.json', import.meta.url), `${JSON.stringify({ ...figures, measured }, null, 2)}\n`);
} finally {
  await gateway.close();
  for (const one of new Set([baseline, embedded, ...others])) one.close();
  sandbox.kill();
}
