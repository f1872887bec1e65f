import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Newcomers } from '../../../gateway/server/newcomers.ts';

describe('the first requests of connections', () => {
  it('start one in each turn of the event loop, and addresses take turns', async () => {
    const newcomers = new Newcomers();
    const started: string[] = [];
    for (const name of ['a1', 'a2', 'a3', 'b1'])
      newcomers.add(name.slice(0, 1), () => started.push(name));
    const seen: string[] = [];
    while (started.length < 4) {
      await turn();
      seen.push(started.join(' '));
    }
    expect(seen).toEqual(['a1', 'a1 b1', 'a1 b1 a2', 'a1 b1 a2 a3']);
  });

  it('start again after the waiting line was empty', async () => {
    const newcomers = new Newcomers();
    const started: string[] = [];
    newcomers.add('a', () => started.push('first'));
    await turn();
    newcomers.add('a', () => started.push('second'));
    await turn();
    expect(started).toEqual(['first', 'second']);
  });
});
