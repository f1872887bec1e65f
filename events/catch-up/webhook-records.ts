import { LRUCache } from 'lru-cache';
import type { Change } from '../change.ts';
import type { ChangeLog } from '../log/change-log.ts';
import { isAfter, type Position } from '../log/position.ts';

/**
 * Reads which changes of a vendor a webhook has reported, if its catch-up finds records instead of events.
 * @param after is the position after which the log is read
 * @param sameChangeMs: a webhook of the same record that is at most this much older than a change counts as that change; milliseconds
 * @returns whether a webhook has reported a change
 * @throws LogUnavailable
 */
export async function readWebhookRecords(
  log: Pick<ChangeLog, 'read'>,
  vendor: string,
  { after, sameChangeMs }: { readonly after: Position; readonly sameChangeMs: number },
): Promise<(change: Change) => boolean> {
  // A record beyond this number counts as missed, and its change is stored again.
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
