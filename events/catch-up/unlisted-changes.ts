import { randomUUID } from 'node:crypto';
import { anyChange, type NewEvent } from '../change.ts';
import type { CatchUpRecord } from './catch-up-record.ts';
import type { VendorChanges } from './vendor-events.ts';

/**
 * Whether a catch-up ends a time in which webhooks were lost, and it could not find all that they had reported: searches do not list
 * deleted records. What was cached before can then show them.
 */
export const mayHaveLostUnlisted = (
  { sameChangeMs }: Pick<VendorChanges, 'sameChangeMs'>,
  last: CatchUpRecord | undefined,
  { missed }: CatchUpRecord,
): boolean => sameChangeMs !== undefined && (last?.missed ?? 0) > 0 && missed === 0;

/** For caches alone: any record of the vendor may have changed. */
export const unlistedChange = (vendor: string, { startedAt }: CatchUpRecord): NewEvent => ({
  key: `unlisted:${randomUUID()}`,
  changes: [anyChange({ vendor, at: startedAt, source: 'write' })],
});
