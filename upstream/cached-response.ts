import { z } from 'zod';
import { parseStoredJson } from '../state/stored-json.ts';
import { VendorResponse } from './vendor-response.ts';

/** A response in the cache. */
export type CachedResponse = Readonly<z.output<typeof cachedResponseSchema>>;

/** The stored part of a response. */
export type Content = Omit<
  CachedResponse,
  'version' | 'readAt' | 'freshUntil' | 'liveUntil' | 'validators'
>;

/** @returns undefined if there is none, or it is of another version */
export const parseCachedResponse = (text: string | null): CachedResponse | undefined =>
  parseStoredJson(cachedResponseSchema, text);

export const toResponse = ({ status, contentType, body, headers = {} }: CachedResponse) =>
  new VendorResponse({
    status,
    headers: { ...headers, 'content-type': contentType },
    body: Buffer.from(body),
  });

const recordSchema = z.object({ type: z.string(), id: z.string() });

const tagsSchema = z.object({
  records: z.array(recordSchema).readonly(),
  lists: z
    .array(
      z.object({
        type: z.string(),
        of: z.array(recordSchema).readonly().exactOptional(),
        dependsOn: z.array(z.string()).readonly().exactOptional(),
        lagMs: z.number().exactOptional(),
      }),
    )
    .readonly(),
});

const placeSchema = z.object({
  log: z.string(),
  position: z.object({ ms: z.number(), seq: z.number() }),
  time: z.number(),
});

const cachedResponseSchema = z.object({
  status: z.int(),
  contentType: z.string(),
  body: z.string(),
  /** Version of the account's records when the call began. */
  version: z.string(),
  /** Time of the request; milliseconds since 1970, by the shared clock. */
  readAt: z.number(),
  /** Time until which it is fresh. */
  freshUntil: z.number(),
  /** Time until which it is fresh while events are reliable. */
  liveUntil: z.number(),
  /** The changes that invalidate it, and the log's position at the time of the request. */
  tags: tagsSchema.optional(),
  place: placeSchema.optional(),
  /** Headers that revalidate it. */
  validators: z.record(z.string(), z.string()).optional(),
  /** Response headers other than the content type. */
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  /** Whether its headers set its lifetime. */
  isByHeaders: z.boolean().optional(),
  /** Whether it must not be used after it has expired. */
  isNeverStale: z.boolean().optional(),
});
