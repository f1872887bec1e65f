import { setTimeout } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Problems } from '../../settings/settings.ts';

/**
 * Handles signals that come before the process serves requests: SIGHUP leads to a reload after the start, SIGTERM and SIGINT end the process. Without
 * a handler, the first process of a container ignores them.
 */
export function handleEarlySignals(): void {
  process.on('SIGHUP', () => {
    isReloadDue = true;
  });
  process.on('SIGTERM', endStart).on('SIGINT', endStart);
}

let isReloadDue = false;

const endStart = () => process.exit(0);

/** Exits if there are problems, with a line on stderr for each. */
export function exitWithProblems(problems: Problems): void {
  if (problems.length === 0) return;
  // Several parts of a process can need the same setting.
  announce([...new Set(problems)].join('\n'));
  process.exit(1);
}

/** A service that runs until the process ends. */
export interface RunningService {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** The URL of health and metrics, if they have their own port. */
  readonly metricsUrl?: string | undefined;
  /** Milliseconds for load balancers to notice that the instance drains. */
  readonly drainDelayMs: number;
  /** Reports unreadiness and asks clients to close their connections; requests are still served. */
  readonly startDraining: () => void;
  /** Reads reloadable settings again. */
  readonly reload: () => Promise<void>;
  /** Accepts no more requests, completes pending ones, and releases all resources. */
  readonly close: () => Promise<void>;
}

/**
 * Runs a service until the process gets a signal to end or its parent exits. The service is then unready for a while and still serves
 * requests; a second signal skips that. Pending requests are always completed.
 */
export async function runService(
  name: string,
  starting: Promise<RunningService>,
  { message = {}, page, watch, onListening }: RunOptions = {},
): Promise<void> {
  const service = await starting.catch(exitIfNotListening);
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
  for (const signal of ['SIGTERM', 'SIGINT']) process.off(signal, endStart).on(signal, end);
  process.once('disconnect', end);
  const reload = reloadAtSignals(service.reload, end);
  watch?.(reload);
  onListening?.(service.url);
  // The parent process can close the stream after it has read these lines.
  process.stderr.on('error', () => undefined);
  if (hasLostParent()) {
    end();
    return;
  }
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
  process.send?.({ url: service.url, metricsUrl: service.metricsUrl, ...message });
}

/** Whether the parent exited while this process started. */
const hasLostParent = () => process.send !== undefined && !process.connected;

interface RunOptions {
  /** Data for the parent process beside the URL. */
  readonly message?: object;
  /** The name of the web page at `/`, whose URL is printed. @default none */
  readonly page?: string | undefined;
  /** Watches the service's files, and calls `reload` when they change. @default none are watched */
  readonly watch?: ((reload: () => void) => void) | undefined;
  /** Called once, with the URL of the service. */
  readonly onListening?: ((url: string) => void) | undefined;
}

/**
 * Runs one reload at a time: a signal during a reload leads to one more.
 * @returns a function that reloads without a signal
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
 * The kernel also sends SIGHUP when the terminal of a process is closed.
 * @returns whether the process was started on a terminal that is now closed
 */
export function watchTerminal(): () => boolean {
  const isOnTerminal = isatty(STDIN);
  return () => isOnTerminal && !isatty(STDIN);
}

const STDIN = 0;

/** A URL for a browser on this machine: `0.0.0.0` and `::` are not addresses that a browser can open. */
export const openable = (url: string) =>
  url.replace(/^(http:\/\/)(?:0\.0\.0\.0|\[::\])(?=:\d+$)/, '$1localhost');

/** Prints a message for the operator to stderr; stdout is for the log. */
export function announce(line: string): void {
  process.stderr.write(`${line}\n`);
}

function exitIfNotListening(error: unknown): never {
  if (!(error instanceof Error && 'syscall' in error && LISTENING.has(error.syscall))) throw error;
  announce(`HOST and PORT must name a free address of this machine, but: ${error.message}.`);
  process.exit(1);
}

/** The failed system calls for an address in use or of another machine, and for an unknown host name. */
const LISTENING: ReadonlySet<unknown> = new Set(['listen', 'getaddrinfo']);
