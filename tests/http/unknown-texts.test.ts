import { describe, expect, it } from '@jest/globals';
import { UnknownTexts } from '../../http/unknown-texts.ts';
import { createCallTrace } from '../../upstream/call-trace.ts';

const request = (callerId: string) => ({ signal: new AbortController().signal, trace: createCallTrace(), callerId });

const work = (ms: number) => {
  const begun = performance.now();
  while (performance.now() - begun < ms);
};

describe('texts that nobody has validated', () => {
  it('are not kept waiting where there is but one', () => {
    expect(new UnknownTexts().turn(request('a'))).toBeUndefined();
  });

  it('take turns by caller, and the event loop goes on in between', async () => {
    const texts = new UnknownTexts();
    const seen: string[] = [];
    const ask = async (name: string, caller: string) => {
      await texts.turn(request(caller));
      seen.push(name);
    };
    const all = [ask('a1', 'a'), ask('a2', 'a'), ask('a3', 'a'), ask('b1', 'b')];
    const other = setInterval(() => seen.at(-1) !== 'other' && seen.push('other'), 0);
    await Promise.all(all);
    clearInterval(other);
    expect(seen.filter((name) => name !== 'other')).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(seen).toEqual(expect.arrayContaining(['other']));
  });

  it('have half of the time, and the others the rest', async () => {
    const texts = new UnknownTexts();
    const begun = performance.now();
    for (let text = 0; text < 3; text += 1) {
      await texts.turn(request('a'));
      work(20);
    }
    // Three that work, and between them what the others have; never less, but for what clocks differ by.
    expect(performance.now() - begun).toBeGreaterThan(3 * 20 + 2 * 20 - 10);
  });
});
