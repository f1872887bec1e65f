import { describe, expect, it } from '@jest/globals';
import {
  formatEntityTag,
  matchesAnyTag,
  readEntityTags,
} from '../../../../gateway/graphql/conditional/entity-tag.ts';

const TAGGED = {
  digest: 'n4bQgYhMfWWaL-qgxVrQFa',
  requestedAt: {
    log: 'a1b2c3',
    position: { ms: 1_764_370_800_000, seq: 7 },
    time: 1_764_370_812_345,
  },
};

describe('entity tags', () => {
  it('are weak, and are read back', () => {
    const tag = formatEntityTag(TAGGED);
    expect(tag).toMatch(/^W\/"[\w.-]+"$/);
    expect(readEntityTags(tag)).toEqual([TAGGED]);
  });

  it('are read from lists, by the weak comparison', () => {
    const tag = formatEntityTag(TAGGED);
    expect(readEntityTags(`"other", ${tag},${tag.slice(2)}`)).toEqual([TAGGED, TAGGED]);
    expect(readEntityTags(`, ,\t"of,another", W/"ü" ,${tag} ,`)).toEqual([TAGGED]);
  });

  it('are not read where they are malformed', () => {
    const tag = formatEntityTag(TAGGED);
    const opaque = tag.slice(2);
    for (const header of [
      `w/${opaque}`,
      `W/ ${opaque}`,
      opaque.slice(1, -1),
      tag.slice(0, -1),
      `${tag} ${tag}`,
      `"x${tag}"`,
    ])
      expect([header, readEntityTags(header)]).toEqual([header, []]);
  });

  it('match any response by an asterisk alone', () => {
    expect(['*', ' * ', '"*"', '*, *', ''].map(matchesAnyTag)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it.each([
    '*',
    '',
    '"',
    'W/"',
    'W/""',
    '"a.b.c"',
    '"a.b.1-x.z"',
    '"a.b.1-1.$"',
    '"a.b.1-1.z.more"',
    `"${'a'.repeat(300)}.b.1-1.z"`,
  ])('of another form are not known here: %s', (header) => {
    expect(readEntityTags(header)).toEqual([]);
  });

  it('beyond the hundredth are not read', () => {
    const tags = Array.from({ length: 150 }, () => formatEntityTag(TAGGED)).join(', ');
    expect(readEntityTags(tags)).toHaveLength(100);
  });
});
