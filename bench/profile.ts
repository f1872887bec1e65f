// `npm run bench:profile -- list 1000 embedded`: where the CPU of a target's first process goes. Leaves a .cpuprofile for a browser's
// developer tools, and prints the milliseconds per request by source.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { load, openPool } from './load.ts';
import type { Target } from './processes.ts';
import {
  startDistributed,
  startEmbedded,
  startHandWritten,
  startServices,
  startVendors,
} from './targets.ts';
import { readWorkloads, TEXTS, workloadNamed } from './workloads.ts';

const maps = new Map<string, TraceMap>();
const [name = 'list', count = '1000', targetName = 'embedded'] = process.argv.slice(2);
const directory = fileURLToPath(new URL('./results/profile/', import.meta.url));
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });

const vendors = await startVendors();
const { environment } = vendors;
const workload = workloadNamed(name, await readWorkloads(environment));

const target = await startProfiled(['--cpu-prof', `--cpu-prof-dir=${directory}`]);
const requests = Array.from({ length: Number(count) }, (_, index) =>
  target.isGraphQL
    ? workload.graphql(index % workload.size, index % TEXTS)
    : workload.handWritten(index % workload.size),
);
const clients = openPool(target.url);
await load(clients, requests);
await clients.close();
const ended = new Promise((resolve) => target.front.once('exit', resolve));
target.front.kill('SIGTERM');
await ended;
for (const process of target.processes) process.kill('SIGKILL');
vendors.close();

const [file] = readdirSync(directory);
if (file === undefined) throw new Error('The gateway left no profile.');
console.table(selfTimeByFile(readFileSync(`${directory}${file}`, 'utf8')).slice(0, 40));
console.log(`${directory}${file}`);

async function startProfiled(flags: readonly string[]): Promise<Target> {
  if (targetName === 'distributed')
    return startDistributed(environment, await startServices(environment), flags);
  if (targetName === 'bare') return startHandWritten(environment, 'bare', flags);
  return targetName === 'hand-written'
    ? startHandWritten(environment, 'hand-written', flags)
    : startEmbedded(environment, flags);
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

function selfTimeByFile(text: string): { readonly source: string; readonly ms: number }[] {
  const { nodes, samples, timeDeltas } = JSON.parse(text) as Profile;
  const sources = new Map(nodes.map(({ id, callFrame }) => [id, sourceOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const source = sources.get(id) ?? 'unknown';
    if (source === '(idle)') return;
    const time = timeDeltas[index] ?? 0;
    times.set(source, (times.get(source) ?? 0) + time);
  });
  return [...times]
    .map(([source, time]) => ({ source, ms: Math.round(time / Number(count)) / 1000 }))
    .sort((a, b) => b.ms - a.ms);
}

function sourceOf({
  functionName,
  url,
  lineNumber,
  columnNumber,
}: Profile['nodes'][number]['callFrame']): string {
  if (!url.startsWith('file:')) return url === '' ? functionName : url;
  const { source } = originalPositionFor(sourceMap(url), {
    line: lineNumber + 1,
    column: columnNumber,
  });
  if (source === null) return basename(url);
  const known = source.replace(/^(\.\.\/)+/, '');
  // A package as a whole says more than its files.
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(known)?.[1] ?? known;
}

function sourceMap(url: string): TraceMap {
  const path = `${fileURLToPath(url)}.map`;
  const known = maps.get(path) ?? new TraceMap(readFileSync(path, 'utf8'));
  maps.set(path, known);
  return known;
}
