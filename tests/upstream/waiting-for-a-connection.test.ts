import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCallTrace } from '../../request/request-scope.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';
import { testResources } from '../subgraphs/test-resources.ts';
import { gate, get, serve } from './loopback.ts';

describe('calls that are cancelled while they wait for a connection', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('are no failures of the vendor, however long they waited', async () => {
    const states: string[] = [];
    const [reached, answer] = [gate(), gate()];
    await using server = await serve(
      (_request, response) => {
        reached.open();
        void answer.opened.then(() => response.end('{}'));
      },
      {
        policy: { maxConcurrency: 1 },
        resources: {
          ...testResources({ UPSTREAM_MAX_FAILURES: '2' }),
          monitor: {
            ...NO_MONITOR,
            breakerChanged: (_vendor, _calls, state) => void states.push(state),
          },
        },
      },
    );
    const client = new AbortController();
    const call = (id: number, signal: AbortSignal) =>
      server.client.send(get(`/v1/things/${String(id)}`), { signal, trace: createCallTrace() });
    const slow = Promise.allSettled([call(0, new AbortController().signal)]);
    await reached.opened;
    const waiting = Promise.allSettled([1, 2, 3].map((id) => call(id, client.signal)));
    await jest.advanceTimersByTimeAsync(2500);
    client.abort(new DOMException('Too late.', 'TimeoutError'));
    for (const outcome of await waiting)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UPSTREAM_TIMEOUT' } });
    expect(states).toEqual([]);
    answer.open();
    expect(await slow).toMatchObject([{ status: 'fulfilled' }]);
  });
});
