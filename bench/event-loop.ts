import { Pool } from 'undici';
import { ask, type BenchRequest } from './load.ts';
import { type Environment } from './processes.ts';
import { startEmbedded } from './targets.ts';

/** How long an operation of 500 fields and depth 12 keeps the gateway from everything else: at first, and when it is known. */
export async function measureEventLoop(environment: Environment) {
  const gateway = await startEmbedded(environment);
  const pool = new Pool(gateway.url);
  // So that what is measured is the operation, not the first request of a process.
  await ask(pool, post('{ company(id: "1") { id } }'));
  const operation = post(largeOperation());
  const firstBlockMs = await longestWait(gateway.url, () => ask(pool, operation));
  for (let count = 0; count < 20; count += 1) await ask(pool, operation);
  const loopBlockMs = await longestWait(gateway.url, () => ask(pool, operation));
  await pool.close();
  gateway.close();
  return { firstBlockMs, loopBlockMs };
}

const post = (query: string): BenchRequest => ({
  path: '/graphql',
  body: JSON.stringify({ query }),
});

/** The longest answer time of a request that costs nothing, sent again and again while something else goes on. */
async function longestWait(
  url: string,
  meanwhile: () => Promise<{ readonly status: number; readonly text: string }>,
): Promise<number> {
  const pool = new Pool(url, { connections: 1 });
  await ask(pool, { path: '/health/live' });
  const progress = { isDone: false };
  const done = meanwhile().then(({ status, text }) => {
    progress.isDone = true;
    if (status !== 200) throw new Error(text.slice(0, 300));
  });
  let longest = 0;
  do {
    const begun = performance.now();
    await ask(pool, { path: '/health/live' });
    longest = Math.max(longest, performance.now() - begun);
  } while (!progress.isDone);
  await done;
  await pool.close();
  return longest;
}

/** Customers of companies of customers, down to twelve levels, and five hundred fields in all. */
function largeOperation(): string {
  const leaves = (count: number, from: number) =>
    Array.from({ length: count }, (_, index) => `f${String(from + index)}: name`).join(' ');
  const nested = `customers(first: 3) { nodes { ${leaves(80, 0)} company { ${leaves(80, 100)} customers(first: 2) { nodes { ${leaves(80, 200)} company { ${leaves(80, 300)} customers(first: 2) { nodes { ${leaves(80, 400)} company { ${leaves(80, 500)} } } } } } } } } }`;
  return `query Large { ${nested} }`;
}
