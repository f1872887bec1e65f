import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Change, RecordRef } from '../../../events/change.ts';
import { parseCursor } from '../../../events/log/cursor.ts';

/** The `extensions` that a gateway sends with a subscription to a built-in subgraph's service. */
export interface ForwardedChange {
  /** The change that the subscription runs for. */
  readonly change: Change;
  /** The gateway's log head as a cursor. Undefined if the gateway has none. */
  readonly head: string | undefined;
}

/** The form of a change. Each part is bounded, because the signature is not checked yet. */
const forwardedChange = z.object({
  change: z.object({
    vendor: z.string().min(1).max(50),
    type: z.string().min(1).max(100),
    id: z.string().min(1).max(500),
    kind: z.enum(['CREATED', 'UPDATED', 'DELETED', 'MERGED']),
    related: z.array(z.object({ type: z.string().max(100), id: z.string().max(500) })).max(500),
    changed: z.array(z.string().max(200)).max(500),
    // The range of Date: ECMA-262, section 21.4.1.1.
    at: z.number().min(-8.64e15).max(8.64e15),
    source: z.enum(['webhook', 'catch-up', 'write']),
    searchLagMs: z.number().min(0).max(86_400_000).optional(),
    isErasure: z.boolean().optional(),
  }),
  head: z
    .string()
    .refine((text) => parseCursor(text) !== undefined)
    .optional(),
});

/** @returns undefined for values that are not a change */
export function readForwardedChange(extensions: {
  readonly change: unknown;
  readonly head: unknown;
}): ForwardedChange | undefined {
  const read = forwardedChange.safeParse(extensions).data;
  if (read === undefined) return undefined;
  const { searchLagMs, isErasure, ...change } = read.change;
  return {
    change: {
      ...change,
      ...(searchLagMs !== undefined && { searchLagMs }),
      ...(isErasure !== undefined && { isErasure }),
    },
    head: read.head,
  };
}

/** A digest of the change for a signature: SHA-256, base64url. */
export function digestOfChange({ change, head }: ForwardedChange): string {
  const { vendor, type, id, kind, related, changed, at, source, searchLagMs, isErasure } = change;
  const refs = related.map((record: RecordRef) => [record.type, record.id]);
  const parts = [vendor, type, id, kind, refs, changed, at, source];
  const text = JSON.stringify([...parts, searchLagMs ?? null, isErasure ?? null, head ?? null]);
  return createHash('sha256').update(text).digest('base64url');
}
