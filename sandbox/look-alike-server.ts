import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { readFault, type Fault, type FaultKind } from './faults.ts';
import type { LookAlike, LookAlikeAnswer, LookAlikeRequest } from './look-alike.ts';
import { createRandom, type Random } from './world/random.ts';

/** A vendor's look-alike, listening on 127.0.0.1. */
export interface LookAlikeServer {
  readonly baseUrl: string;
  /** The latest requests, oldest first. Credentials are left out. */
  readonly requests: readonly LoggedRequest[];
  /** What goes wrong from the next request on; null for nothing. */
  fault: Fault | null;
  /** Whether calls above the vendor's rate are refused, where the look-alike knows that rate. */
  limits: boolean;
  /** How long each answer is held back, in milliseconds. */
  latencyMs: number;
  /** Breaks all connections and refuses new ones. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** Null while the answer is under way, and for ever where it never came. */
  endedAt: number | null;
}

export interface LookAlikeServerOptions {
  readonly lookAlike: LookAlike;
  /** @default 0, a free one */
  readonly port?: number | undefined;
  readonly latencyMs: number;
  readonly fault: Fault | null;
  readonly limits: boolean;
}

/** @throws {Error} when the port is taken. */
export async function startLookAlikeServer({ lookAlike, port = 0, ...options }: LookAlikeServerOptions): Promise<LookAlikeServer> {
  const requests: LoggedRequest[] = [];
  const random = createRandom(2718);
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  let listeningPort = port;

  async function start() {
    if (server.listening) return;
    server.listen(listeningPort, '127.0.0.1');
    await once(server, 'listening');
    listeningPort = (server.address() as AddressInfo).port; // A TCP server's address is never a string.
  }

  async function stop() {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse) {
    const request = await readRequest(incoming);
    if (request === undefined) return;
    const logged = log(requests, request);
    outgoing.once('close', () => (logged.endedAt = outgoing.writableFinished ? performance.now() : null));
    if (handle.latencyMs > 0) await wait(handle.latencyMs);
    const kind = faultOf(handle.fault, random);
    if (kind === null) send(outgoing, answerTo(request));
    else fail(outgoing, kind, { request, answerTo, lookAlike });
  }

  /** A look-alike that breaks must not take the others of its process along. */
  function answerTo(request: LookAlikeRequest): LookAlikeAnswer {
    try {
      return lookAlike.answer(request);
    } catch (error) {
      return { status: 500, body: { error: `The sandbox could not answer: ${error instanceof Error ? error.message : String(error)}` } };
    }
  }

  lookAlike.limits = options.limits;
  await start();
  const handle: LookAlikeServer = {
    baseUrl: `http://127.0.0.1:${String(listeningPort)}`,
    requests,
    fault: options.fault,
    get limits() {
      return lookAlike.limits ?? false;
    },
    set limits(limits) {
      lookAlike.limits = limits;
    },
    latencyMs: options.latencyMs,
    stop,
    start,
  };
  return handle;
}

async function readRequest(incoming: IncomingMessage): Promise<LookAlikeRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer); // A request without an encoding gives buffers.
  } catch {
    return undefined; // The client went away while sending.
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()]));
  return { method: incoming.method ?? 'GET', path, query: new URLSearchParams(query), headers, body: Buffer.concat(chunks).toString() };
}

/** A sandbox that runs for weeks keeps only what a test could want to see. */
const LOG_SIZE = 5000;

const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'x-goog-api-key', 'key', 'signature']);

function log(requests: LoggedRequest[], { method, path, query, headers, body }: LookAlikeRequest): LoggedRequest {
  const withoutCredentials = <Value>(entries: Iterable<readonly [string, Value]>) =>
    Object.fromEntries([...entries].filter(([name]) => !CREDENTIALS.has(name)));
  const logged: LoggedRequest = {
    method,
    path,
    query: withoutCredentials(query),
    headers: withoutCredentials(Object.entries(headers)),
    body,
    startedAt: performance.now(),
    endedAt: null,
  };
  requests.push(logged);
  if (requests.length > LOG_SIZE) requests.shift();
  return logged;
}

function faultOf(fault: Fault | null, random: Random): FaultKind | null {
  if (fault === null) return null;
  const { kind, probability } = readFault(fault);
  return random.chance(probability) ? kind : null;
}

interface Failing {
  readonly lookAlike: LookAlike;
  readonly request: LookAlikeRequest;
  readonly answerTo: (request: LookAlikeRequest) => LookAlikeAnswer;
}

function fail(outgoing: ServerResponse, kind: FaultKind, { lookAlike, request, answerTo }: Failing) {
  switch (kind) {
    case 'hang':
      return;
    case 'garbage':
      send(outgoing, { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>Back in a minute</html>') });
      return;
    case 'wrong-json':
      send(outgoing, { status: 200, body: { unexpected: ['shape'] } });
      return;
    case 'reset':
      outgoing.socket?.resetAndDestroy();
      return;
    case 'truncate':
      truncate(outgoing, answerTo(request));
      return;
    case '429':
    case '500': {
      const status = kind === '429' ? 429 : 500;
      send(outgoing, lookAlike.failure?.(status) ?? { status, body: { error: 'The sandbox was told to fail.' } });
      return;
    }
  }
}

function send(outgoing: ServerResponse, answer: LookAlikeAnswer) {
  const bytes = toBytes(answer.body);
  writeHead(outgoing, answer, bytes);
  outgoing.end(bytes);
}

/** Promises the whole body, sends half of it and breaks the connection. */
function truncate(outgoing: ServerResponse, answer: LookAlikeAnswer) {
  const bytes = toBytes(answer.body);
  writeHead(outgoing, answer, bytes);
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy());
}

function writeHead(outgoing: ServerResponse, { status, headers, body }: LookAlikeAnswer, bytes: Buffer) {
  const described = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) };
  outgoing.writeHead(status, { ...described, ...headers });
}

function toBytes(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(JSON.stringify(body));
}
