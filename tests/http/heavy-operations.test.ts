import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { GatewayExecutor, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface';
import { HEAVY_COST, HeavyOperations, takeTurns } from '../../http/heavy-operations.ts';
import { RequestRecord } from '../../http/request-record.ts';
import { createCallTrace } from '../../upstream/call-trace.ts';

/** A graph whose operations end when the test says so. */
async function startGraph(line = new HeavyOperations()) {
  const running = new Map<string, (error?: Error) => void>();
  const begun: string[] = [];
  const executor: GatewayExecutor = ({ operationName }) => {
    begun.push(String(operationName));
    return new Promise((resolve, reject) => {
      running.set(String(operationName), (error) => {
        if (error === undefined) resolve({ data: {} });
        else reject(error);
      });
    });
  };
  const graph: GatewayInterface = {
    onSchemaLoadOrUpdate: () => () => undefined,
    load: () => Promise.resolve({ executor }),
    stop: () => Promise.resolve(),
  };
  const { executor: inTurns } = await takeTurns(graph, line).load({ apollo: {} });
  const ask = (operationName: string, clientKey: string, cost: number, signal = new AbortController().signal) => {
    const record = new RequestRecord();
    record.expect({ estimated: cost, answerFields: 0, calls: {} }, { hearsOfCalls: false });
    const scope = { signal, trace: createCallTrace(), clientKey };
    return inTurns?.({ operationName, context: { record, scope } } as unknown as GatewayGraphQLRequestContext);
  };
  const heavy = (name: string, clientKey = 'a', signal?: AbortSignal) =>
    void ask(name, clientKey, HEAVY_COST + 1, signal)?.catch(() => undefined);
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
    const [whole, audience] = [await startGraph(line), await startGraph(line)];
    whole.heavy('a1');
    audience.heavy('b1', 'b');
    expect(audience.begun).toEqual([]);
    await whole.end('a1');
    expect(audience.begun).toEqual(['b1']);
  });

  it('wait for one another, and callers take turns', async () => {
    const { begun, heavy, end } = await startGraph();
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
    const { begun, heavy, end } = await startGraph();
    heavy('first');
    heavy('second');
    await end('first', new Error('It failed.'));
    expect(begun).toEqual(['first', 'second']);
  });

  it('wait no longer than a quarter of a second for one that waits for vendors itself, which gets no second turn by that', async () => {
    const { begun, heavy, end } = await startGraph();
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
    const { begun, heavy, end } = await startGraph();
    const abort = new AbortController();
    heavy('first');
    heavy('given up', 'a', abort.signal);
    heavy('second');
    abort.abort();
    await jest.advanceTimersByTimeAsync(0);
    expect(begun).toEqual(['first', 'given up']);
    await end('given up');
    expect(begun).toEqual(['first', 'given up']);
    await end('first');
    expect(begun).toEqual(['first', 'given up', 'second']);
  });

  it('are refused where five hundred are waiting, those of the client that has the most first', async () => {
    const { begun, heavy, ask } = await startGraph();
    for (let number = 0; number <= 500; number += 1) heavy(`a${String(number)}`);
    const refused = ask('a501', 'a', HEAVY_COST + 1);
    await expect(refused).resolves.toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfter: 1, http: { status: 429 } } }],
    });
    heavy('b1', 'b');
    await jest.advanceTimersByTimeAsync(500);
    expect(begun).toEqual(['a0', 'a1', 'b1']);
  });

  it('keep no other operation waiting', async () => {
    const { begun, heavy, ask } = await startGraph();
    heavy('first');
    heavy('second');
    void ask('light', 'b', HEAVY_COST);
    expect(begun).toEqual(['first', 'light']);
  });
});
