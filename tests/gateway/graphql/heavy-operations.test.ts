import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { buildSchema } from 'graphql';
import { ANONYMOUS_CALLER } from '../../../request/caller.ts';
import {
  HEAVY_COST,
  HeavyOperations,
  queueHeavyOperations,
} from '../../../gateway/graphql/heavy-operations.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import type { Graph } from '../../../gateway/operation/graph.ts';
import { createCallTrace } from '../../../request/request-scope.ts';
import { prepare } from '../operation/prepare.ts';

/** A graph whose operations end when the test says so. */
function startGraph(line = new HeavyOperations()) {
  const running = new Map<string, (error?: Error) => void>();
  const begun: string[] = [];
  const schema = buildSchema('type Query { a: String }');
  const graph: Graph = {
    schema,
    supergraph: new Supergraph(''),
    execute: ({ name }) => {
      begun.push(String(name));
      return new Promise((resolve, reject) => {
        running.set(String(name), (error) => {
          if (error === undefined) resolve({ data: {} });
          else reject(error);
        });
      });
    },
    close: () => Promise.resolve(),
  };
  const inTurns = queueHeavyOperations(graph, line);
  const ask = (
    name: string,
    clientKey: string,
    cost: number,
    signal = new AbortController().signal,
  ) => {
    const scope = { signal, trace: createCallTrace(), clientKey };
    return inTurns.execute(prepare(`query ${name} { a }`), {
      variables: {},
      scope,
      caller: ANONYMOUS_CALLER,
      cost,
    });
  };
  const heavy = (name: string, clientKey = 'a', signal?: AbortSignal) =>
    void ask(name, clientKey, HEAVY_COST + 1, signal).catch(() => undefined);
  const end = async (name: string, error?: Error) => {
    running.get(name)?.(error);
    await jest.advanceTimersByTimeAsync(0);
  };
  return { begun, ask, heavy, end };
}

describe('heavy operations', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('wait for those of the other graphs of the process', async () => {
    const line = new HeavyOperations();
    const [whole, audience] = [startGraph(line), startGraph(line)];
    whole.heavy('a1');
    audience.heavy('b1', 'b');
    expect(audience.begun).toEqual([]);
    await whole.end('a1');
    expect(audience.begun).toEqual(['b1']);
  });

  it('wait for one another, and callers take turns', async () => {
    const { begun, heavy, end } = startGraph();
    for (const name of ['a1', 'a2', 'a3']) heavy(name);
    heavy('b1', 'b');
    expect(begun).toEqual(['a1']);
    await end('a1');
    await end('a2');
    await end('b1');
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
    await end('a3');
    heavy('a4');
    expect(begun).toContain('a4');
  });

  it('go on after one that fails', async () => {
    const { begun, heavy, end } = startGraph();
    heavy('first');
    heavy('second');
    await end('first', new Error('It failed.'));
    expect(begun).toEqual(['first', 'second']);
  });

  it('wait no longer than a quarter of a second for one that waits for vendors itself, which gets no second turn by that', async () => {
    const { begun, heavy, end } = startGraph();
    for (const name of ['slow', 'next', 'last']) heavy(name);
    await jest.advanceTimersByTimeAsync(249);
    expect(begun).toEqual(['slow']);
    await jest.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['slow', 'next']);
    await end('slow');
    expect(begun).toEqual(['slow', 'next']);
    await end('next');
    expect(begun).toEqual(['slow', 'next', 'last']);
  });

  it('wait no longer than their request does, and take no turn then', async () => {
    const { begun, heavy, end } = startGraph();
    const abort = new AbortController();
    heavy('first');
    heavy('cancelled', 'a', abort.signal);
    heavy('second');
    abort.abort();
    await jest.advanceTimersByTimeAsync(0);
    expect(begun).toEqual(['first', 'cancelled']);
    await end('cancelled');
    expect(begun).toEqual(['first', 'cancelled']);
    await end('first');
    expect(begun).toEqual(['first', 'cancelled', 'second']);
  });

  it('are refused where five hundred are waiting, those of the client that has the most first', async () => {
    const { begun, heavy, ask } = startGraph();
    for (let number = 0; number <= 500; number += 1) heavy(`a${String(number)}`);
    const refused = ask('a501', 'a', HEAVY_COST + 1);
    await expect(refused).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      extensions: { retryAfter: 1 },
    });
    heavy('b1', 'b');
    await jest.advanceTimersByTimeAsync(500);
    expect(begun).toEqual(['a0', 'a1', 'b1']);
  });

  it('keep no other operation waiting', () => {
    const { begun, heavy, ask } = startGraph();
    heavy('first');
    heavy('second');
    void ask('light', 'b', HEAVY_COST);
    expect(begun).toEqual(['first', 'light']);
  });
});
