import { z } from 'zod';

/** An operation that clients can request by its id. */
export interface ListedOperation {
  readonly id: string;
  /** The document as the client wrote it, with its fragments. */
  readonly text: string;
  /** From the manifest, if given. */
  readonly name?: string;
  readonly type?: string;
}

/**
 * Reads a manifest of a client's build: from `@apollo/generate-persisted-query-manifest`, Apollo Kotlin or iOS; or documents by their hash,
 * as written by graphql-codegen's client preset and Relay's compiler.
 * @returns undefined for another format
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
