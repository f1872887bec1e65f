import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ValidationLine } from '../../../gateway/graphql/validation-line.ts';
import { createCallTrace } from '../../../request/request-scope.ts';

const request = (clientKey: string, signal = new AbortController().signal) => ({
  signal,
  trace: createCallTrace(),
  clientKey,
});

/** A line whose documents take as long to validate as the test says, on its clock. */
function watchLine() {
  const line = new ValidationLine();
  const seen: string[] = [];
  const enter = async (
    name: string,
    clientKey: string,
    { takesMs = 0, signal }: { takesMs?: number; signal?: AbortSignal } = {},
  ) => {
    const check = () => {
      seen.push(name);
      jest.setSystemTime(Date.now() + takesMs);
      return Promise.resolve();
    };
    await line.run(request(clientKey, signal), check).catch((error: unknown) => {
      seen.push(`${name}: ${String((error as { code?: string }).code)}`);
    });
  };
  return { seen, enter };
}

describe('documents that wait for validation', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('do not wait where there is only one', async () => {
    const { seen, enter } = watchLine();
    await enter('only', 'a');
    expect(seen).toEqual(['only']);
  });

  it('go on after one that fails', async () => {
    const line = new ValidationLine();
    await expect(
      line.run(request('a'), () => Promise.reject(new Error('It failed.'))),
    ).rejects.toThrow('It failed.');
    const next = line.run(request('b'), () => Promise.resolve('checked'));
    await jest.advanceTimersByTimeAsync(1);
    await expect(next).resolves.toBe('checked');
  });

  it('take turns by client', async () => {
    const { seen, enter } = watchLine();
    for (const name of ['a1', 'a2', 'a3']) void enter(name, 'a');
    void enter('b1', 'b');
    await jest.advanceTimersByTimeAsync(50);
    expect(seen).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('get half of the time, and other requests the rest', async () => {
    const { seen, enter } = watchLine();
    void enter('first', 'a', { takesMs: 20 });
    void enter('second', 'a', { takesMs: 20 });
    await jest.advanceTimersByTimeAsync(19);
    expect(seen).toEqual(['first']);
    await jest.advanceTimersByTimeAsync(5);
    expect(seen).toEqual(['first', 'second']);
  });

  it('leave the line when their client disconnects', async () => {
    const { seen, enter } = watchLine();
    const abort = new AbortController();
    void enter('first', 'a', { takesMs: 20 });
    void enter('gone', 'a', { signal: abort.signal });
    void enter('next', 'a');
    abort.abort(new DOMException('The client disconnected.', 'AbortError'));
    await jest.advanceTimersByTimeAsync(0);
    expect(seen).toEqual(['first', 'gone: RATE_LIMITED']);
    await jest.advanceTimersByTimeAsync(25);
    expect(seen.at(-1)).toBe('next');
  });

  it('are refused where five hundred are waiting, those of the client that has the most first', async () => {
    const { seen, enter } = watchLine();
    for (let number = 0; number <= 501; number += 1) void enter(`a${String(number)}`, 'a');
    void enter('b1', 'b');
    await jest.advanceTimersByTimeAsync(0);
    expect(seen.slice(0, 3).sort()).toEqual(['a0', 'a500: RATE_LIMITED', 'a501: RATE_LIMITED']);
    await jest.advanceTimersByTimeAsync(10);
    expect(seen.slice(3, 5)).toEqual(['a1', 'b1']);
  });
});
