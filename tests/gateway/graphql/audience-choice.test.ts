import { describe, expect, it } from '@jest/globals';
import { ANONYMOUS_CALLER } from '../../../request/caller.ts';
import { CodedError } from '../../../errors/coded-error.ts';
import { chooseAudience } from '../../../gateway/graphql/audience-choice.ts';

const audiences = new Set(['public', 'partner']);

/** What a caller of an audience gets at a path that names one: an audience, `whole`, or a code. */
function choose(
  own: string | undefined,
  named: string | undefined,
  known: typeof audiences | undefined = audiences,
): string {
  const caller = { ...ANONYMOUS_CALLER, ...(own !== undefined && { audience: own }) };
  try {
    return chooseAudience({ caller, pathAudience: named, audiences: known }) ?? 'whole';
  } catch (error) {
    return error instanceof CodedError ? error.code : 'something else';
  }
}

describe('the audience of a request', () => {
  it.each([
    [undefined, undefined, 'whole'],
    [undefined, 'public', 'public'],
    [undefined, 'nobody', 'NOT_FOUND'],
    [undefined, 'has', 'NOT_FOUND'],
    ['public', undefined, 'public'],
    ['public', 'public', 'public'],
    ['public', 'partner', 'NOT_FOUND'],
    ['public', 'nobody', 'NOT_FOUND'],
    ['gone', undefined, 'FORBIDDEN'],
    ['gone', 'gone', 'FORBIDDEN'],
    ['gone', 'public', 'FORBIDDEN'],
  ])('a caller of %s that requests %s gets %s', (own, named, expected) => {
    expect(choose(own, named)).toBe(expected);
  });

  it('allows no audience in a caller if the graph has none', () => {
    expect([
      choose('public', undefined, new Set()),
      choose(undefined, undefined, new Set()),
    ]).toEqual(['FORBIDDEN', 'whole']);
  });

  it("is not checked by a subgraph's service, which serves all audiences of the gateway", () => {
    expect(
      chooseAudience({
        caller: { ...ANONYMOUS_CALLER, audience: 'public' },
        pathAudience: undefined,
        audiences: undefined,
      }),
    ).toBeUndefined();
  });
});
