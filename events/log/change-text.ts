import { z } from 'zod';
import type { Change } from '../change.ts';

export const writeChange = (change: Change): string => JSON.stringify(change);

/**
 * Parses a change of this version, an older or a newer one: instances of several versions share a log during a deployment.
 * @returns undefined if it names no record
 */
export const toChange = (value: unknown): Change | undefined => {
  const read = CHANGE.safeParse(value);
  if (!read.success) return undefined;
  const { searchLagMs, isErasure, ...change } = read.data;
  return {
    ...change,
    ...(searchLagMs !== undefined && { searchLagMs }),
    ...(isErasure !== undefined && { isErasure }),
  };
};

/** @returns undefined if the text names no record */
export function readChange(text: string): Change | undefined {
  try {
    return toChange(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const RECORD = z.object({ type: z.string(), id: z.string() });

const CHANGE = RECORD.extend({
  vendor: z.string(),
  // A kind of a newer version: readers load the record again.
  kind: z.enum(['CREATED', 'UPDATED', 'DELETED', 'MERGED']).catch('UPDATED'),
  related: z.array(RECORD).catch([]),
  changed: z.array(z.string()).catch([]),
  at: z.number().catch(0),
  source: z.enum(['webhook', 'catch-up', 'write']).catch('webhook'),
  searchLagMs: z.number().optional().catch(undefined),
  isErasure: z.boolean().optional().catch(undefined),
});
