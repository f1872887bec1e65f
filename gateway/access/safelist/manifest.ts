import { z } from 'zod';

/** An operation that clients may ask for by its id. */
export interface ListedOperation {
  readonly id: string;
  /** As the client wrote it, with the fragments that it uses. */
  readonly text: string;
  /** What the manifest says of it, where it does. */
  readonly name?: string;
  readonly type?: string;
}

/**
 * Reads what the build of a client wrote: the manifest of `@apollo/generate-persisted-query-manifest` and of Apollo Kotlin and
 * iOS, or texts by their hash, as graphql-codegen's client preset and Relay's compiler write them.
 * @returns undefined where it is neither
 */
export function readManifest(json: string): readonly ListedOperation[] | undefined {
  const { data } = MANIFEST.safeParse(parseJson(json));
  if (data instanceof Map) return [...data].map(([id, text]) => ({ id, text }));
  return data?.operations.map(({ id, name, type, body }) => ({ id, text: body, name, type }));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const text = () => z.string().min(1);

const APOLLO_MANIFEST = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z
    .array(
      z.object({
        id: text(),
        name: text(),
        type: z.enum(['query', 'mutation', 'subscription']),
        body: text(),
      }),
    )
    .min(1),
});

const TEXTS_BY_HASH = z
  .record(text(), text())
  .refine((texts) => Object.keys(texts).length > 0)
  .transform((texts) => new Map(Object.entries(texts)));

const MANIFEST = z.union([APOLLO_MANIFEST, TEXTS_BY_HASH]);
