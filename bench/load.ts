import { Pool } from 'undici';

/** One request of a workload. */
export interface BenchRequest {
  readonly path: string;
  /** A GraphQL request; absent for a GET. */
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly upstreamCalls: number;
  readonly text: string;
}

export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

export async function ask(pool: Pool, { path, body }: BenchRequest, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const answer = await pool.request({
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body ?? null,
  });
  return { status: answer.statusCode, upstreamCalls: Number(answer.headers['x-tributary-upstream-calls']), text: await answer.body.text() };
}

/** Sends requests, a number of them at a time, and stops at the first answer that is not right. */
export async function load(url: string, requests: readonly BenchRequest[], concurrency: number): Promise<Latencies> {
  const pool = new Pool(url, { connections: concurrency });
  const queue = requests.values();
  const ms: number[] = [];
  const work = async () => {
    for (const request of queue) {
      const begun = performance.now();
      const { status, text } = await ask(pool, request);
      if (status !== 200 || text.includes('"errors"'))
        throw new Error(`${url}${request.path} answered ${String(status)}: ${text.slice(0, 300)}`);
      ms.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  await pool.close();
  ms.sort((a, b) => a - b);
  return { p50: quantile(ms, 0.5), p99: quantile(ms, 0.99) };
}

/** @param sorted in ascending order. */
const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

export const median = (values: readonly number[]) =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
