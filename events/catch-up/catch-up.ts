import type { RequestScope } from '../../request/request-scope.ts';
import type { NewEvent } from '../change.ts';
import type { ChangeLog } from '../log/change-log.ts';
import type { CatchUpRecord } from './catch-up-record.ts';
import { readWebhookRecords } from './webhook-records.ts';
import type { VendorChanges } from './vendor-events.ts';

export interface CatchUpOptions {
  readonly events: VendorChanges;
  readonly log: Pick<ChangeLog, 'append' | 'head' | 'read'>;
  /** The catch-up before it. @default none: it begins where the log ends, or now where the log is empty */
  readonly last: CatchUpRecord | undefined;
  /** By the clock that instances share; milliseconds since 1970. */
  readonly startedAt: number;
  readonly scope: RequestScope;
  /** Hears how many changes were stored that no webhook had told of, also where the catch-up fails afterwards. */
  readonly onMissed: (count: number) => void;
}

/** What a catch-up has done, but for what webhooks had missed. */
export interface CaughtUp extends Omit<CatchUpRecord, 'missed'> {
  /** How many changes it has stored. */
  readonly stored: number;
}

/**
 * Reads a vendor's changes since the last catch-up, and stores those that the log does not have. What is younger than a minute is left to webhooks
 * where they are received, so what is stored then is what they have missed.
 * @throws CodedError | NotStored | LogUnavailable
 */
export async function catchUp({
  events,
  log,
  last,
  startedAt,
  scope,
  onMissed,
}: CatchUpOptions): Promise<CaughtUp> {
  const head = await log.head();
  const hasWebhooks = events.webhooks !== undefined;
  // What was stored last tells until when this server ran, where nothing else does.
  const before = head.position.ms > 0 ? Math.min(head.position.ms, startedAt) - OVERLAP_MS : null;
  const since = Math.max(last?.since ?? before ?? startedAt, startedAt - MAX_BACK_MS);
  const until = hasWebhooks ? startedAt - GRACE_MS : Infinity;
  const isTold = await readTold(events, log, last?.logMs ?? head.position.ms);
  let stored = 0;
  for await (const page of events.catchUp(since, scope)) {
    const unknown = page.filter(
      ({ changes }) => changes.some(({ at }) => at <= until) && !changes.every(isTold),
    );
    for (let from = 0; from < unknown.length; from += BATCH) {
      const batch = unknown.slice(from, from + BATCH);
      const count = countChanges(batch, await log.append(batch));
      stored += count;
      if (hasWebhooks) onMissed(count);
    }
  }
  return {
    startedAt,
    since: startedAt - OVERLAP_MS,
    logMs: head.position.ms,
    hasWebhooks,
    stored,
  };
}

/** A webhook is under way for at most so long before its change counts as missed. */
export const GRACE_MS = 60_000;

/** Searches of vendors lag, and clocks differ: each catch-up reads this much again. */
const OVERLAP_MS = 300_000;

/** No vendor lists events for longer. */
const MAX_BACK_MS = 30 * 24 * 3_600_000;

/** As many as a webhook brings at most. */
const BATCH = 100;

function readTold(
  { vendor, sameChangeMs, webhooks }: VendorChanges,
  log: CatchUpOptions['log'],
  logMs: number,
) {
  if (webhooks === undefined || sameChangeMs === undefined) return () => false;
  return readWebhookRecords(log, vendor, {
    after: { ms: Math.max(0, logMs - OVERLAP_MS), seq: 0 },
    sameChangeMs,
  });
}

const countChanges = (events: readonly NewEvent[], results: readonly ('stored' | 'duplicate')[]) =>
  events.reduce(
    (count, { changes }, index) => count + (results[index] === 'stored' ? changes.length : 0),
    0,
  );
