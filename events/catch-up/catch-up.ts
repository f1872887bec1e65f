import type { RequestScope } from '../../request/request-scope.ts';
import type { NewEvent } from '../change.ts';
import type { ChangeLog, LogHead } from '../log/change-log.ts';
import { type Cursor, lossAfter } from '../log/cursor.ts';
import { isAfter } from '../log/position.ts';
import type { CatchUpRecord } from './catch-up-record.ts';
import { readWebhookRecords } from './webhook-records.ts';
import type { VendorChanges } from './vendor-events.ts';

export interface CatchUpOptions {
  readonly events: VendorChanges;
  readonly log: Pick<ChangeLog, 'append' | 'read'>;
  /** The previous catch-up. @default none: it begins at the end of the log, or at its first attempt if that is earlier or the log is empty */
  readonly last: CatchUpRecord | undefined;
  /** When the first attempt began; milliseconds since 1970. All attempts before this one have failed. */
  readonly firstAttemptAt: number;
  /** By the shared clock; milliseconds since 1970. */
  readonly startedAt: number;
  readonly scope: RequestScope;
  /** The log's head. */
  readonly head: LogHead;
  /** The log's head when an unfinished catch-up began: what that one stored counts as missed too. @default none */
  readonly unfinished: Cursor | undefined;
  /** Called for each page of the vendor's response. */
  readonly onPage: () => void;
}

/** The result of a catch-up. */
export interface CaughtUp extends CatchUpRecord {
  /** How many changes it has stored. */
  readonly stored: number;
}

/**
 * Reads a vendor's changes since the last catch-up, and stores those that the log lacks. If webhooks are received, changes younger than a minute are
 * left to them. So each stored change is one that they have missed.
 * @throws CodedError | NotStored | LogUnavailable
 */
export async function catchUp({
  events,
  log,
  last,
  firstAttemptAt,
  startedAt,
  scope,
  head,
  unfinished,
  onPage,
}: CatchUpOptions): Promise<CaughtUp> {
  const hasWebhooks = events.webhooks !== undefined;
  // Without a record, the newest entry shows until when this server ran.
  const first = Math.min(firstAttemptAt, startedAt);
  const before = head.position.ms > 0 ? Math.min(head.position.ms, first) - OVERLAP_MS : null;
  const known = last?.since ?? before;
  // Never later: the clock may have been set back since the last catch-up.
  const since = Math.max(
    known === null ? first : Math.min(known, startedAt - OVERLAP_MS),
    startedAt - MAX_BACK_MS,
  );
  const until = hasWebhooks ? startedAt - GRACE_MS : Infinity;
  const isReported = await readReported(events, log, (last?.head ?? head.position).ms);
  const found =
    unfinished === undefined ? 0 : await countFound(events.vendor, log, unfinished, head);
  let stored = 0;
  for await (const page of events.catchUp(since, scope)) {
    onPage();
    const unknown = page.filter(
      ({ changes }) => changes.some(({ at }) => at <= until) && !changes.every(isReported),
    );
    for (let from = 0; from < unknown.length; from += BATCH) {
      const batch = unknown.slice(from, from + BATCH);
      stored += countChanges(batch, await log.append(batch));
    }
  }
  return {
    startedAt,
    since: startedAt - OVERLAP_MS,
    head: head.position,
    missed: hasWebhooks ? found + stored : 0,
    hasWebhooks,
    stored,
  };
}

/** A change counts as missed if no webhook has reported it after this time. */
export const GRACE_MS = 60_000;

/** Searches of vendors lag, and clocks differ: each catch-up reads this much again. */
const OVERLAP_MS = 300_000;

/** No vendor lists older events. */
const MAX_BACK_MS = 30 * 24 * 3_600_000;

/** The most events in one webhook. */
const BATCH = 100;

function readReported(
  { vendor, sameChangeMs, webhooks }: VendorChanges,
  log: CatchUpOptions['log'],
  logMs: number,
) {
  if (webhooks === undefined || sameChangeMs === undefined) return () => false;
  return readWebhookRecords(log, vendor, {
    // Twice: the webhook of the first change in the overlap may have been stored before the overlap, and clocks differ.
    after: { ms: Math.max(0, logMs - 2 * OVERLAP_MS), seq: 0 },
    sameChangeMs,
  });
}

/** Counts the changes of a vendor that catch-ups have stored after a cursor. */
async function countFound(
  vendor: string,
  log: CatchUpOptions['log'],
  after: Cursor,
  head: LogHead,
): Promise<number> {
  let from = lossAfter(after, head) === undefined ? after.position : head.floor;
  let count = 0;
  for (;;) {
    const { entries, reached } = await log.read(from, PAGE);
    count += entries.filter(
      ({ change, position }) =>
        change.vendor === vendor &&
        change.source === 'catch-up' &&
        !isAfter(position, head.position),
    ).length;
    if (!isAfter(head.position, reached)) return count;
    from = reached;
  }
}

const PAGE = 1000;

const countChanges = (events: readonly NewEvent[], results: readonly ('stored' | 'duplicate')[]) =>
  events.reduce(
    (count, { changes }, index) => count + (results[index] === 'stored' ? changes.length : 0),
    0,
  );
