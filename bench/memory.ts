import { laterQuarters, load, openPool } from './load.ts';
import { type Environment, residentBytes } from './processes.ts';
import { startEmbedded } from './targets.ts';
import type { Workload } from './workloads.ts';

const REQUESTS = 20_000;
const TEXTS = 5_000;
const PARTS = 80;

/** Resident memory after many requests with many texts, and whether it still grows: the last quarter's median over the third's. */
export async function measureMemory(environment: Environment, list: Workload) {
  const gateway = await startEmbedded(environment, ['--max-old-space-size=256']);
  const pool = openPool(gateway.url);
  const texts = drawByZipf(REQUESTS);
  const resident: number[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    const drawn = texts.slice((part * REQUESTS) / PARTS, ((part + 1) * REQUESTS) / PARTS);
    await load(
      pool,
      drawn.map((text, index) => list.graphql(index % list.size, text)),
    );
    resident.push(residentBytes(gateway.front));
  }
  await pool.close();
  gateway.close();
  const { third, last } = laterQuarters(resident);
  return { residentMb: last / 1024 / 1024, residentGrowth: last / third };
}

/** Numbers of texts, of which the n-th most frequent is drawn 1/n times as often as the first; the same ones each time. */
function drawByZipf(count: number): number[] {
  const sums: number[] = [];
  for (let rank = 1; rank <= TEXTS; rank += 1) sums.push((sums.at(-1) ?? 0) + 1 / rank);
  const total = sums.at(-1) ?? 1;
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const at = (state / 0x80000000) * total;
    return sums.findIndex((sum) => sum >= at);
  });
}
