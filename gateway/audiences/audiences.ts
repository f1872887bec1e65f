import { z } from 'zod';
import { parse } from 'yaml';

/** The tags that select an audience's part of the graph. */
export interface AudienceTags {
  /** @default everything is included */
  readonly include?: readonly string[] | undefined;
  /** Overrides `include`. */
  readonly exclude?: readonly string[] | undefined;
}

/** Reads `audiences.yml`. @throws Error that lists each problem */
export function readAudiences(yaml: string): ReadonlyMap<string, AudienceTags> {
  const { data, error } = audiences.safeParse(parse(yaml) ?? {});
  if (data === undefined) throw new Error(`audiences.yml is invalid:\n${z.prettifyError(error)}`);
  return new Map(Object.entries(data));
}

// Tag names of https://specs.apollo.dev/tag/v0.3/: contracts do not find others.
const tags = z
  .array(z.string().regex(/^[\w/-]{1,128}$/, 'a tag has letters, digits, _, - and / only'))
  .min(1, 'omit a list without tags')
  .optional();

const audience = z
  .strictObject({ include: tags, exclude: tags })
  .refine(
    ({ include = [], exclude = [] }) => !include.some((tag) => exclude.includes(tag)),
    'a tag is included or excluded, not both',
  );

const audiences = z.record(z.string().regex(/^[a-z][a-z\d-]{0,63}$/), audience, {
  error: ({ code }) =>
    code === 'invalid_key'
      ? "an audience's name is part of a path: lower-case letters, digits and - only"
      : undefined,
});
