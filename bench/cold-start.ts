import { ask, median } from './load.ts';
import { type Environment, freePort } from './processes.ts';
import { startOwn } from './targets.ts';
import { Pool } from 'undici';
import type { Workload } from './workloads.ts';

const STARTS = 5;

/** Milliseconds from the spawn of the built gateway to its first right answer of the list query. */
export async function measureColdStart(environment: Environment, list: Workload): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < STARTS; count += 1) {
    const port = await freePort();
    const begun = performance.now();
    const child = startOwn('gateway', [], { ...environment, PORT: String(port) });
    const pool = new Pool(`http://127.0.0.1:${String(port)}`);
    while (!(await isAnswered(pool, list)));
    times.push(performance.now() - begun);
    await pool.close();
    child.kill('SIGKILL');
  }
  return median(times);
}

const isAnswered = (pool: Pool, list: Workload) =>
  ask(pool, list.graphql(0, 0)).then(
    ({ status }) => status === 200,
    () => false,
  );
