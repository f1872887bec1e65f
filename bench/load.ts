import { Pool } from 'undici';
import { nextCaller } from './credentials.ts';

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

/** Asks as one of many callers, whom our gateways know and others do not look for. */
export async function ask(
  pool: Pool,
  { path, body }: BenchRequest,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const answer = await pool.request({
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      'apollo-require-preflight': '1',
      ...nextCaller(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body ?? null,
  });
  return {
    status: answer.statusCode,
    upstreamCalls: Number(answer.headers['x-tributary-upstream-calls']),
    text: await answer.body.text(),
  };
}

/** @returns the milliseconds that an answer took. @throws Error for one that is not right */
export async function timeOf(
  pool: Pool,
  request: BenchRequest,
  headers?: Readonly<Record<string, string>>,
): Promise<number> {
  const begun = performance.now();
  const { status, text } = await ask(pool, request, headers);
  if (status !== 200 || text.includes('"errors"'))
    throw new Error(`${request.path} answered ${String(status)}: ${text.slice(0, 300)}`);
  return performance.now() - begun;
}

/**
 * Sends requests, as many at a time as the pool has connections, and stops at the first answer that is not right.
 * @returns the milliseconds that each took.
 */
export async function load(
  pool: Pool,
  requests: readonly BenchRequest[],
  connections = CONCURRENCY,
): Promise<number[]> {
  const queue = requests.values();
  const ms: number[] = [];
  const work = async () => {
    for (const request of queue) {
      ms.push(await timeOf(pool, request));
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return ms;
}

export const openPool = (url: string, connections = CONCURRENCY) => new Pool(url, { connections });

const CONCURRENCY = 8;

/** @param sorted in ascending order. */
export const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

export const median = (values: readonly number[]) =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** The median of the third quarter, and of the last: what still grows is larger there. */
export const laterQuarters = (values: readonly number[]) => {
  const quarter = (number: number) =>
    median(values.slice((number * values.length) / 4, ((number + 1) * values.length) / 4));
  return { third: quarter(2), last: quarter(3) };
};
