import { setTimeout } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Problems } from '../../settings/settings.ts';

/** From now on SIGHUP does not end the process; one that comes before it listens leads to a reload then. */
export function holdReloads(): void {
  process.on('SIGHUP', () => {
    isReloadDue = true;
  });
}

let isReloadDue = false;

/** Ends the process where the configuration is wrong, with a line on stderr for each problem. */
export function exitWithProblems(problems: Problems): void {
  if (problems.length === 0) return;
  // Several parts of a process may need the same setting.
  announce([...new Set(problems)].join('\n'));
  process.exit(1);
}

/** What runs until the process ends. */
export interface RunningService {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** Where health and metrics are, if they have a port of their own. */
  readonly metricsUrl?: string | undefined;
  /** How long load balancers have to notice that it drains, in milliseconds. */
  readonly drainDelayMs: number;
  /** Says that it is not ready, and asks clients to close their connections; requests are still answered. */
  readonly startDraining: () => void;
  /** Reads again what can be changed while it runs. */
  readonly reload: () => Promise<void>;
  /** Takes no more requests, answers those under way, and lets go of everything. */
  readonly close: () => Promise<void>;
}

/**
 * Runs a service until the process is told to end, or the process that started it is gone. It is then unready for a while, in which
 * it answers what comes; a second signal skips that. Requests under way are answered in any case.
 */
export async function runService(
  name: string,
  starting: Promise<RunningService>,
  { told = {}, page, watch, onListening }: RunOptions = {},
): Promise<void> {
  const service = await starting.catch(exitWhereNotListening);
  const delay = new AbortController();
  let isEnding = false;
  const end = () => {
    if (isEnding) {
      delay.abort();
      return;
    }
    isEnding = true;
    service.startDraining();
    setTimeout(service.drainDelayMs, undefined, { signal: delay.signal })
      .catch(() => undefined)
      .then(() => service.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGTERM', end).on('SIGINT', end).once('disconnect', end);
  const reload = reloadAtSignals(service.reload, end);
  watch?.(reload);
  onListening?.(service.url);
  // The parent process may close the stream after it has read these lines.
  process.stderr.on('error', () => undefined);
  const url = openable(service.url);
  announce(
    [
      `${name} listens on ${url}/graphql`,
      ...(service.metricsUrl === undefined
        ? []
        : [`Health and metrics are on ${openable(service.metricsUrl)}`]),
      ...(page === undefined ? [] : [`${page}: open ${url}/ in a browser`]),
    ].join('\n'),
  );
  process.send?.({ url: service.url, metricsUrl: service.metricsUrl, ...told });
}

interface RunOptions {
  /** What a parent process receives beside the URL. */
  readonly told?: object;
  /** The name of the web page at `/`, whose URL is printed to be opened. @default there is none */
  readonly page?: string | undefined;
  /** Watches what the service reads, and calls `reload` when it changes. @default nothing is watched */
  readonly watch?: ((reload: () => void) => void) | undefined;
  /** Called once, with the URL of the service. */
  readonly onListening?: ((url: string) => void) | undefined;
}

/**
 * One reload at a time: a signal during one leads to one more.
 * @returns what reloads without a signal
 */
function reloadAtSignals(reload: () => Promise<void>, end: () => void): () => void {
  const isTerminalClosed = watchTerminal();
  let last = Promise.resolve();
  let isWaiting = false;
  const request = () => {
    if (isWaiting) return;
    isWaiting = true;
    last = last.then(() => {
      isWaiting = false;
      return reload();
    });
  };
  process.on('SIGHUP', () => {
    if (isTerminalClosed()) end();
    request();
  });
  if (isReloadDue) request();
  return request;
}

/**
 * The kernel sends SIGHUP also when the terminal of a process is closed.
 * @returns whether the process was started on a terminal that is closed now
 */
export function watchTerminal(): () => boolean {
  const isOnTerminal = isatty(STDIN);
  return () => isOnTerminal && !isatty(STDIN);
}

const STDIN = 0;

/** A URL that a browser on this machine opens: `0.0.0.0` and `::` stand for all its addresses, and are none of them. */
export const openable = (url: string) =>
  url.replace(/^(http:\/\/)(?:0\.0\.0\.0|\[::\])(?=:\d+$)/, '$1localhost');

/** Tells something to whoever starts the process; stdout is the log's. */
export function announce(line: string): void {
  process.stderr.write(`${line}\n`);
}

function exitWhereNotListening(error: unknown): never {
  if (!(error instanceof Error && 'syscall' in error && LISTENING.has(error.syscall))) throw error;
  announce(`HOST and PORT must name a free address of this machine, but: ${error.message}.`);
  process.exit(1);
}

/** What fails where an address is taken or is not this machine's, and where a name is nobody's. */
const LISTENING: ReadonlySet<unknown> = new Set(['listen', 'getaddrinfo']);
