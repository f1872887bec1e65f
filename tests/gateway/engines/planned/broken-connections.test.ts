import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type PlannedGraph, startPlannedGraph } from '../../../federation/planned-graph.ts';
import type { StandInService } from './stand-in-service.ts';

let graph: PlannedGraph;
beforeEach(async () => {
  graph = await startPlannedGraph({
    clock: { sdl: 'type Query { time: Int } type Mutation { wind: Int }' },
  });
});
afterEach(() => graph.close());

const requestCount = () => graph.requests['clock']?.length;

/** Breaks so many connections off, and then answers. */
function breakConnections(count: number): void {
  let left = count;
  const answer: StandInService['answer'] = (_request, response) => {
    if (left === 0) return { data: { time: 12, wind: 1 } };
    left -= 1;
    response.socket?.destroy();
    return undefined;
  };
  graph.answer('clock', answer);
}

it('a query is sent to a subgraph again if a kept-alive connection breaks', async () => {
  breakConnections(0);
  await graph.run('{ time }');
  breakConnections(1);
  expect(await graph.run('{ time }')).toEqual({ data: { time: 12 } });
  expect(requestCount()).toBe(3);
});

it('a query whose connections break twice fails', async () => {
  breakConnections(2);
  const { data, errors } = await graph.run('{ time }');
  expect(data).toEqual({ time: null });
  expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UPSTREAM_UNAVAILABLE']);
  expect(requestCount()).toBe(2);
});

it('a mutation is not sent to a subgraph again if its connection breaks', async () => {
  breakConnections(1);
  const { data, errors } = await graph.run('mutation { wind }');
  expect(data).toEqual({ wind: null });
  expect(errors).toHaveLength(1);
  expect(requestCount()).toBe(1);
});

it("a byte order mark before a subgraph's response is skipped, and requests have no Accept-Encoding", async () => {
  graph.answer('clock', (_request, response) => {
    response.setHeader('content-type', 'application/json').end('\uFEFF{"data":{"time":12}}');
    return undefined;
  });
  expect(await graph.run('{ time }')).toEqual({ data: { time: 12 } });
  expect(graph.requests['clock']?.[0]?.headers['accept-encoding']).toBe('identity');
});
