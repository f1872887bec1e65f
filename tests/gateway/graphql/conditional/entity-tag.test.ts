import { describe, expect, it } from '@jest/globals';
import {
  formatEntityTag,
  readEntityTags,
} from '../../../../gateway/graphql/conditional/entity-tag.ts';

const TAGGED = {
  digest: 'n4bQgYhMfWWaL-qgxVrQFa',
  asked: { log: 'a1b2c3', position: { ms: 1_764_370_800_000, seq: 7 }, time: 1_764_370_812_345 },
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

  it('beyond the tenth are not read', () => {
    const tags = Array.from({ length: 50 }, () => formatEntityTag(TAGGED)).join(', ');
    expect(readEntityTags(tags)).toHaveLength(10);
  });
});
