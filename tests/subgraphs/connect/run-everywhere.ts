import { expect } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import type { FusedSubgraph } from '../../../gateway/engines/fused/subgraph-schema.ts';
import { createCallTrace } from '../../../request/request-scope.ts';
import { type ApiRequest, type ApiResponse, startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

export const HEAD_V4 = HEAD.replace('connect/v0.3', 'connect/v0.4');

export interface Run {
  readonly result: FormattedExecutionResult;
  /** Of the fused engine: `GET /items/1`, with the body behind it. */
  readonly calls: readonly string[];
  /** Of its mappings: `no_match orders.status 2`. */
  readonly problems: readonly string[];
}

interface RunOptions {
  readonly variables?: Record<string, unknown>;
  readonly head?: string;
  /** With others, the subgraph is not run as a service of its own alone. */
  readonly others?: readonly FusedSubgraph[];
}

/** Runs a query fused, as a service of its own and behind Apollo's gateway, which must respond alike. */
export async function runEverywhere(
  sdl: string,
  query: string,
  answer: (request: ApiRequest) => ApiResponse,
  { variables = {}, head = HEAD_V4, others = [] }: RunOptions = {},
): Promise<Run> {
  await using api = await startApi(answer);
  const file = readFile(
    `${head} @source(name: "erp", http: { baseURL: "${api.url}" })\n${sdl}`,
    {},
  );
  const graph = fuse(file, others);
  const scope = { signal: new AbortController().signal, trace: createCallTrace() };
  const result = await graph.run(query, variables, { scope });
  const calls = api.requests.map(({ method, path, body }) => `${method} ${path} ${body}`.trim());
  const apollo = await (await graph.apollo()).run(query, variables);
  const { data } = result;
  expect({ apollo: apollo.data }).toEqual({ apollo: data });
  if (others.length === 0)
    expect({ alone: (await graph.alone.run(query, variables)).data }).toEqual({ alone: data });
  await graph.close();
  const problems = scope.trace.mappingProblems.map(({ kind, path, count }) =>
    [kind, path, count].join(' '),
  );
  return { result, calls, problems };
}
