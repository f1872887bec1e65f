import { describe, expect, it } from '@jest/globals';
import { createCallTrace } from '../../request/request-scope.ts';
import { Cancellation } from '../../request/cancellation.ts';
import { WaitingLine, type WaitingRequest } from '../../upstream/waiting-line.ts';

const request = (clientKey?: string, more: Partial<WaitingRequest> = {}): WaitingRequest => ({
  trace: createCallTrace(),
  ...(clientKey !== undefined && { clientKey }),
  ...more,
});

/** A line, and who was admitted to what, refused or cancelled in it, in order. */
function watchLine(maxWaiting: number) {
  const line = new WaitingLine<string>(maxWaiting);
  const seen: string[] = [];
  const wait = (name: string, request: WaitingRequest, cancellation = new Cancellation()) => {
    line.wait(request, cancellation).then(
      (grant) => seen.push(`${name}: ${grant}`),
      (reason: unknown) => seen.push(`${name}: ${(reason as Error).name}`),
    );
    return cancellation;
  };
  const settle = () => new Promise(setImmediate);
  return { line, seen, wait, settle };
}

describe('a waiting line', () => {
  it('lets clients take turns, and the requests of each, background requests last', async () => {
    const { line, seen, wait, settle } = watchLine(10);
    const [background, big, small, other] = [
      request('a', { isBackground: true }),
      request('a'),
      request('a'),
      request('b'),
    ];
    wait('background', background);
    for (const name of ['big 1', 'big 2']) wait(name, big);
    wait('small', small);
    wait('other', other);
    for (let turn = 1; turn <= 5; turn += 1) expect(line.admit(String(turn))).toBe(true);
    expect(line.admit('nobody')).toBe(false);
    await settle();
    expect(seen).toEqual(['big 1: 1', 'other: 2', 'small: 3', 'big 2: 4', 'background: 5']);
  });

  it('removes a cancelled request at once', async () => {
    const { line, seen, wait, settle } = watchLine(10);
    const cancellation = wait('first', request('a'));
    wait('second', request('b'));
    cancellation.cancel(new DOMException('The client disconnected.', 'AbortError'));
    expect(line.size).toBe(1);
    line.admit('turn');
    await settle();
    expect(seen).toEqual(['first: AbortError', 'second: turn']);
  });

  it('accepts no request that was cancelled before', async () => {
    const { line, seen, wait, settle } = watchLine(10);
    const cancellation = new Cancellation();
    cancellation.cancel(new DOMException('Too late.', 'TimeoutError'));
    wait('late', request('a'), cancellation);
    await settle();
    expect([line.size, seen]).toEqual([0, ['late: TimeoutError']]);
  });

  it('when full, refuses the newest request of the client with the most waiting requests', async () => {
    const { line, seen, wait, settle } = watchLine(3);
    for (const name of ['a1', 'a2', 'a3', 'a4']) wait(name, request('a'));
    await settle();
    expect(seen).toEqual(['a4: WaitingLineFull']);
    wait('b1', request('b'));
    wait('keyless', request());
    await settle();
    expect(seen.slice(1)).toEqual(['a3: WaitingLineFull', 'a2: WaitingLineFull']);
    expect(line.size).toBe(3);
  });

  it('when full, refuses the newest request if all clients have equally many waiting', async () => {
    const { seen, wait, settle } = watchLine(2);
    for (const name of ['a', 'b', 'c']) wait(name, request(name));
    await settle();
    expect(seen).toEqual(['c: WaitingLineFull']);
  });

  it('when full, refuses background requests before others if clients have equally many waiting', async () => {
    const { seen, wait, settle } = watchLine(1);
    wait('background', request('a', { isBackground: true }));
    wait('interactive', request('b'));
    await settle();
    expect(seen).toEqual(['background: WaitingLineFull']);
  });
});
