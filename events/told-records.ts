import { LRUCache } from 'lru-cache';
import type { Change } from './change.ts';
import type { ChangeLog } from './change-log.ts';
import { isAfter, type Position } from './position.ts';

/**
 * Reads which records webhooks of a vendor have told of, for a vendor whose catch-up finds records and not events.
 * @param after is where the log is read from
 * @param sameChangeMs is for how long before a change a webhook of its record counts as having told of it
 * @returns whether webhooks have told of a change
 * @throws LogUnavailable
 */
export async function readToldRecords(
  log: Pick<ChangeLog, 'read'>,
  vendor: string,
  { after, sameChangeMs }: { readonly after: Position; readonly sameChangeMs: number },
): Promise<(change: Change) => boolean> {
  // What is forgotten beyond this number counts as missed: it is stored once more.
  const latest = new LRUCache<string, number>({ max: MAX_RECORDS });
  let from = after;
  for (;;) {
    const { entries, reached, head } = await log.read(from, PAGE);
    for (const { change } of entries)
      if (change.vendor === vendor && change.source === 'webhook')
        latest.set(nameOf(change), Math.max(change.at, latest.get(nameOf(change)) ?? 0));
    if (!isAfter(head.position, reached)) break;
    from = reached;
  }
  return (change) => (latest.get(nameOf(change)) ?? -Infinity) >= change.at - sameChangeMs;
}

const nameOf = ({ type, id }: Change) => `${type}:${id}`;

const PAGE = 1000;
const MAX_RECORDS = 100_000;
