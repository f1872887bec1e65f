import { describe, expect, it } from '@jest/globals';
import {
  evaluate,
  parseMapping,
  invalidCallsIn,
} from '../../../subgraphs/connect/mapping/mapping.ts';

const BOTH = ['v0.3', 'v0.4'] as const;

describe.each(BOTH)('%s, an invalid method call', (version) => {
  it.each([
    ['a: b->frobnicate', 6, 'There is no method ->frobnicate. The methods are add, and, as,'],
    ['a: b->toLowerCase', 6, 'There is no method ->toLowerCase'],
    ['a: b->constructor', 6, 'There is no method ->constructor'],
    ['a: b->typeof', 6, '->typeof is in no release of the language'],
    ['a: b->matchIf([true, 1])', 6, '->matchIf is in no release of the language'],
    ['a: b->keys', 6, '->keys is in no release of the language'],
    ['a: b->values', 6, '->values is in no release of the language'],
    ['a: b->has("x")', 6, '->has is in no release of the language'],
    ['a: b->withError("x")', 6, '->withError is in no release of the language'],
    ['a: b->withWarning("x")', 6, '->withWarning is in no release of the language'],
    ['a: b->match(["x", c->id], [@, 1])', 21, 'There is no method ->id'],
    ['a: b->first()', 6, '->first takes no arguments and no parentheses'],
    ['a: b->map', 6, '->map takes at least 1 argument, but got 0'],
    ['a: b->in(1, 2)', 6, '->in takes 1 argument, but got 2'],
    ['a: b->split', 6, '->split takes 1 to 2 arguments, but got 0'],
    ['a: b { c { d: e->eq } }', 17, '->eq takes 1 argument, but got 0'],
    ['a: b->map(@.c->size(1))', 15, '->size takes no arguments and no parentheses'],
    ['a: b->match(1, 2)', 6, '->match takes pairs'],
    ['a: b->match([1, 2, 3])', 6, '->match takes pairs'],
  ])('%s is found at its position', (mapping, position, message) => {
    const parsed = parseMapping(mapping, version);
    const [call, ...others] = invalidCallsIn(parsed);
    expect([call?.position, call?.message]).toEqual([position, expect.stringContaining(message)]);
    expect(others).toEqual([]);
  });

  it('has no value if it is evaluated nevertheless', () => {
    expect(evaluate(parseMapping('a: b->frobnicate c', version), { b: 1, c: 2 })).toMatchObject({
      value: { c: 2 },
      problems: [{ message: expect.stringContaining('->frobnicate'), position: 6, path: ['b'] }],
    });
  });

  it.each(['a: b->first', 'a: b->slice(1)', 'a: b->split(",", 2)', 'a: b->as($x)->echo($x)'])(
    '%s is a valid method call',
    (mapping) => {
      expect(invalidCallsIn(parseMapping(mapping, version))).toEqual([]);
    },
  );
});
