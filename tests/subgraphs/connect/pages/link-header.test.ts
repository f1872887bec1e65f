import { describe, expect, it } from '@jest/globals';
import { nextLinkOf } from '../../../../subgraphs/connect/pages/link-header.ts';

describe('the next link of a header', () => {
  it.each([
    ['a token', '<https://a/b?page=2>; rel=next', 'https://a/b?page=2'],
    ['quoted text', '<https://a/b?page=2>; rel="next"', 'https://a/b?page=2'],
    ['one of several', '<a>; rel="first", <b,c>; title="x, <d>; rel=next"; rel="next"', 'b,c'],
    ['one of several relations, in any case', '<a>; REL="prefetch Next"', 'a'],
    ['blanks', ' < a > ;  rel = next ', 'a'],
    ['the first rel alone', '<a>; rel=prev; rel=next', undefined],
    ['a relation within another text', '<a>; title="; rel=next"', undefined],
    ['another relation', '<a>; rel=nextly', undefined],
    ['no link', 'next', undefined],
    ['nothing', undefined, undefined],
  ])('%s', (_title, header, target) => {
    expect(nextLinkOf(header)).toBe(target);
  });

  it('is found in several headers', () => {
    expect(nextLinkOf(['<a>; rel=prev', '<b>; rel=next'])).toBe('b');
  });

  it.each(['<>\\"', '<', '<>"', '; rel', '<>; rel=', '<>;\t'])(
    'of a hostile header of %j is searched in bounded time',
    (part) => {
      expect(nextLinkOf(part.repeat(1_000_000))).toBeUndefined();
    },
  );
});
