import type { SandboxVendorRequest } from './sandbox-vendor.ts';

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** Null while the answer is under way, and for ever where it never came. */
  endedAt: number | null;
  /** Null until the answer begins, and for ever where it never did. */
  status: number | null;
}

/** A request that changed something. What only repeats an earlier answer is none. */
export interface LoggedWrite {
  readonly method: string;
  readonly path: string;
  /** The path with names in place of ids: `/v1/invoices/{id}/send`. */
  readonly template: string;
  /** Null where the request brought none. */
  readonly idempotencyKey: string | null;
}

/** A sandbox that runs for weeks keeps only what a test could want to see. */
const LOG_SIZE = 5000;

const CREDENTIALS: ReadonlySet<string> = new Set([
  'authorization',
  'x-goog-api-key',
  'key',
  'signature',
]);

export function logRequest(
  requests: LoggedRequest[],
  { method, path, query, headers, body }: SandboxVendorRequest,
): LoggedRequest {
  const withoutCredentials = <Value>(entries: Iterable<readonly [string, Value]>) =>
    Object.fromEntries([...entries].filter(([name]) => !CREDENTIALS.has(name)));
  return append(requests, {
    method,
    path,
    query: withoutCredentials(query),
    headers: withoutCredentials(Object.entries(headers)),
    body,
    startedAt: performance.now(),
    endedAt: null,
    status: null,
  });
}

export function logWrite(
  writes: LoggedWrite[],
  { method, path, headers }: SandboxVendorRequest,
  template: string,
): void {
  append(writes, { method, path, template, idempotencyKey: headers['idempotency-key'] ?? null });
}

function append<Entry>(log: Entry[], entry: Entry): Entry {
  log.push(entry);
  if (log.length > LOG_SIZE) log.shift();
  return entry;
}
