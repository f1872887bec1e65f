import { z } from 'zod';
import type { Change } from '../change.ts';

export const writeChange = (change: Change): string => JSON.stringify(change);

/**
 * Reads what this version, an older or a newer one has written: instances of several versions share a log while they are replaced.
 * @returns undefined where it names no record
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

/** @returns undefined where the text names no record */
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
  // A kind of a newer version: whoever reads the record again sees what it was.
  kind: z.enum(['CREATED', 'UPDATED', 'DELETED', 'MERGED']).catch('UPDATED'),
  related: z.array(RECORD).catch([]),
  changed: z.array(z.string()).catch([]),
  at: z.number().catch(0),
  source: z.enum(['webhook', 'catch-up', 'write']).catch('webhook'),
  searchLagMs: z.number().optional().catch(undefined),
  isErasure: z.boolean().optional().catch(undefined),
});
