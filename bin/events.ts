import { alignColumns } from '../gateway/access/command/align-columns.ts';
import type { CommandOutput } from '../gateway/access/command/keys-command.ts';
import { isProduction } from '../gateway/server/server-config.ts';
import { type ChangeLog, type LogEntry, LogUnavailable } from '../events/log/change-log.ts';
import { formatCursor, lossAfter, parseCursor } from '../events/log/cursor.ts';
import { eventsSettings } from '../events/events-settings.ts';
import { GapFinder } from '../events/catch-up/gaps.ts';
import { isAfter, type Position } from '../events/log/position.ts';
import { readArguments } from '../settings/command-line.ts';
import { allOf, type Environment, parseSettings, type Problems } from '../settings/settings.ts';
import { openState, stateSettings } from '../state/open-state.ts';
import type { ReadSdl } from '../subgraphs/start-subgraphs.ts';
import { EVENTS_USAGE } from './events-usage.ts';
import { sendTestEvent } from './send-test-event.ts';

/** The part of the log that commands use. */
type LogReader = Pick<ChangeLog, 'head' | 'read'>;

/**
 * `tributary events`: prints the log of changes as lines of JSON, while other processes write it, or sends an event as a vendor would.
 * @param signal ends `tail`
 * @returns the exit code: 1 if the command cannot be run, or entries are missing
 */
export async function runEventsCommand(
  args: readonly string[],
  environment: Environment,
  output: CommandOutput,
  { readSdl, signal }: { readonly readSdl: ReadSdl; readonly signal: AbortSignal },
): Promise<number> {
  const command = readCommand(args);
  const refuse = (problems: readonly string[]) => {
    problems.forEach(output.report);
    return 1;
  };
  if (command === undefined) return refuse(EVENTS_USAGE);
  if (command.action === 'send')
    return refuseAny(
      isProduction(environment)
        ? ['Test events are for development: NODE_ENV is production.']
        : await sendTestEvent(command, environment, output, readSdl),
      output,
    );
  const problems: Problems = [];
  const opened = await openReader(environment, problems);
  if (opened === undefined) return refuse(problems);
  try {
    if (command.action === 'gaps') return await showGaps(opened.log, output);
    if (command.action === 'replay') return await replay(opened.log, command.from, output);
    return await follow(opened.log, output, signal);
  } catch (error) {
    const reason = opened.whyLost?.();
    if (error instanceof LogUnavailable)
      return refuse([
        reason === undefined ? error.message : `Redis at REDIS_URL cannot be read: ${reason}.`,
      ]);
    throw error;
  } finally {
    await opened.close();
  }
}

type EventsCommand =
  | { readonly action: 'tail' | 'gaps' }
  | { readonly action: 'replay'; readonly from: string }
  | {
      readonly action: 'send';
      readonly type: string;
      readonly id: string | undefined;
      readonly url: string;
    };

function readCommand(args: readonly string[]): EventsCommand | undefined {
  const read = readArguments(args, {
    from: { type: 'string' },
    id: { type: 'string' },
    url: { type: 'string' },
  });
  if (read === undefined) return undefined;
  const [action, type, ...others] = read.positionals;
  const { from, id, url } = read.values;
  if (others.length > 0 || (action !== 'send' && (id ?? url ?? type) !== undefined))
    return undefined;
  if (action === 'replay') return from === undefined ? undefined : { action, from };
  if (from !== undefined) return undefined;
  if (action === 'tail' || action === 'gaps') return { action };
  return action === 'send' && type !== undefined
    ? { action, type, id, url: url ?? 'http://127.0.0.1:4000' }
    : undefined;
}

function refuseAny(problems: readonly string[], { report }: CommandOutput): number {
  problems.forEach(report);
  return problems.length === 0 ? 0 : 1;
}

interface OpenedReader {
  readonly log: LogReader;
  readonly close: () => Promise<void>;
  /** The reason of a lost connection to Redis, if known. */
  readonly whyLost?: () => string | undefined;
}

/** @returns undefined if there is no log to read; the reason is added to `problems` */
async function openReader(
  environment: Environment,
  problems: Problems,
): Promise<OpenedReader | undefined> {
  const settings = parseSettings(
    allOf({ state: stateSettings, events: eventsSettings }),
    environment,
    problems,
  );
  if (settings === undefined) return undefined;
  const { state: stateOf, events } = settings;
  if (stateOf.redisUrl !== undefined) {
    let lost: string | undefined;
    const state = await openState(stateOf, (isShared, reason) => {
      lost = isShared ? undefined : reason;
    });
    const { RedisLog } = await import('../events/log/redis/redis-log.ts');
    if (state.redis === undefined) throw new TypeError('Redis is configured.');
    const log = new RedisLog({
      ...events,
      redis: state.redis,
      mustSync: false,
      warn: () => undefined,
    });
    const close = async () => {
      await log.close();
      await state.close();
    };
    return { log, close, whyLost: () => lost };
  }
  if (events.file === undefined) {
    problems.push(
      'Set REDIS_URL or EVENTS_FILE, as for the server: events in memory cannot be read by another process.',
    );
    return undefined;
  }
  const { readFileLog } = await import('../events/log/file/file-log-reader.ts');
  return { log: readFileLog(events.file), close: () => Promise.resolve() };
}

async function follow(log: LogReader, { write, report }: CommandOutput, signal: AbortSignal) {
  let { log: name, position } = await log.head();
  report(`Changes after ${formatCursor({ log: name, position })}, until ctrl-C:`);
  while (!signal.aborted) {
    const { entries, reached, head } = await log.read(position, PAGE);
    const loss = lossAfter({ log: name, position }, head);
    if (loss !== undefined) report('Entries of the log were lost. The next ones follow:');
    if (loss === 'other-log') {
      // Positions of the old log are invalid in it.
      [name, position] = [head.log, head.floor];
      continue;
    }
    for (const entry of entries) write(lineOf(entry, name));
    position = reached;
    if (entries.length === 0) await pause(signal);
  }
  return 0;
}

async function replay(log: LogReader, from: string, { write, report }: CommandOutput) {
  const head = await log.head();
  const after = positionOf(from, head.time);
  if (after === undefined) {
    report(
      `--from must be a cursor, a time such as 2026-11-28T12:00:00Z, or how long ago, such as 15m, but is "${from.slice(0, 100)}".`,
    );
    return 1;
  }
  const cursor = parseCursor(from);
  const loss = cursor && lossAfter(cursor, head);
  if (loss !== undefined) report(LOSSES[loss]);
  await each(log, loss === undefined ? after : head.floor, (entry) => {
    write(lineOf(entry, head.log));
  });
  return loss === undefined ? 0 : 1;
}

const LOSSES = {
  'other-log': 'The cursor belongs to a lost log. All entries of the current log follow:',
  trimmed: 'Entries after the cursor are no longer stored. All entries of the log follow:',
  ahead:
    'The cursor is past the end of the log, which was set back. All entries of the log follow:',
};

/** @param now is the time of the log's clock, in milliseconds since 1970 */
function positionOf(from: string, now: number): Position | undefined {
  const cursor = parseCursor(from);
  if (cursor !== undefined) return cursor.position;
  const [, digits, unit = ''] = /^(\d{1,6})([smhd])$/.exec(from) ?? [];
  const ms =
    digits === undefined ? Date.parse(from) : now - Number(digits) * (UNIT_MS[unit] ?? NaN);
  // Entries of that millisecond are later than this.
  return Number.isFinite(ms) ? { ms: Math.max(0, Math.floor(ms) - 1), seq: 0 } : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

async function showGaps(log: LogReader, { write }: CommandOutput): Promise<number> {
  const { floor } = await log.head();
  const finder = new GapFinder();
  await each(log, floor, (entry) => {
    finder.add(entry);
  });
  const { gaps } = finder;
  if (gaps.length === 0) {
    write('No gaps: webhooks reported each change in the log.');
    return 0;
  }
  const rows = gaps.map(({ vendor, from, to, changes }) => [
    vendor,
    new Date(from).toISOString(),
    new Date(to).toISOString(),
    String(changes),
  ]);
  for (const line of alignColumns([['VENDOR', 'FROM', 'TO', 'CHANGES'], ...rows])) write(line);
  return 1;
}

async function each(log: LogReader, after: Position, use: (entry: LogEntry) => void) {
  let from = after;
  for (;;) {
    const { entries, reached, head } = await log.read(from, PAGE);
    entries.forEach(use);
    if (!isAfter(head.position, reached)) return;
    from = reached;
  }
}

function lineOf({ position, change }: LogEntry, log: string): string {
  const { at, vendor, type, id, kind, source, related, changed } = change;
  return JSON.stringify({
    cursor: formatCursor({ log, position }),
    at: new Date(at).toISOString(),
    vendor,
    type,
    id,
    kind,
    source,
    related,
    changed,
  });
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, POLL_MS);
    signal.addEventListener('abort', end);
  });
}

const PAGE = 1000;
const POLL_MS = 500;
