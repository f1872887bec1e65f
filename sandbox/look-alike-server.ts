import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fail } from './failing.ts';
import { createFaultChoice } from './fault-choice.ts';
import type { Fault } from './faults.ts';
import type { LookAlike, LookAlikeAnswer, LookAlikeRequest } from './look-alike.ts';
import { logRequest, logWrite, type LoggedRequest, type LoggedWrite } from './request-log.ts';
import { send } from './sending.ts';

/** A vendor's look-alike, listening on 127.0.0.1. */
export interface LookAlikeServer {
  readonly baseUrl: string;
  /** The latest requests, oldest first. Credentials are left out. */
  readonly requests: readonly LoggedRequest[];
  /** The latest requests that changed something, oldest first: what was refused or only repeated an earlier answer is not among them. */
  readonly writes: readonly LoggedWrite[];
  /** What goes wrong from the next request on; null for nothing. */
  fault: Fault | null;
  /** Whether calls above the vendor's rate are refused, where the look-alike knows that rate. */
  limits: boolean;
  /** How long each answer is held back, in milliseconds. */
  latencyMs: number;
  /** Breaks all connections and refuses new ones. What was held back is never carried out. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
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
  const writes: LoggedWrite[] = [];
  const choice = createFaultChoice(options.fault);
  const underWay = new Set<LookAlikeRequest>();
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  let stopping = new AbortController();
  let listeningPort = port;

  async function start() {
    if (server.listening) return;
    stopping = new AbortController();
    server.listen(listeningPort, '127.0.0.1');
    await once(server, 'listening');
    listeningPort = (server.address() as AddressInfo).port; // A TCP server's address is never a string.
  }

  async function stop() {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    stopping.abort();
    server.closeAllConnections();
    await closed;
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse) {
    const request = await readRequest(incoming);
    if (request === undefined) return;
    const logged = logRequest(requests, request);
    outgoing.once('close', () => (logged.endedAt = outgoing.writableFinished ? performance.now() : null));
    const refusal = lookAlike.overlap?.(request, underWay) ?? null;
    if (!(await isHeldBack(request))) return;
    const kind = choice.next(lookAlike.isWrite?.(request) ?? false);
    if (kind === null) send(outgoing, refusal ?? carryOut(request));
    else fail(outgoing, kind, lookAlike, () => refusal ?? carryOut(request));
    if (outgoing.headersSent) logged.status = outgoing.statusCode;
  }

  /** False where the server was stopped meanwhile. A client that has gone changes nothing: its request has arrived. */
  async function isHeldBack(request: LookAlikeRequest): Promise<boolean> {
    if (handle.latencyMs <= 0) return true;
    underWay.add(request);
    const { signal } = stopping;
    await wait(handle.latencyMs, undefined, { signal }).catch(() => undefined); // It rejects when it is aborted only.
    underWay.delete(request);
    return !signal.aborted;
  }

  /** A look-alike that breaks must not take the others of its process along. */
  function carryOut(request: LookAlikeRequest): LookAlikeAnswer {
    try {
      const answer = lookAlike.answer(request);
      if (answer.wrote !== undefined) logWrite(writes, request, answer.wrote);
      return answer;
    } catch (error) {
      return { status: 500, body: { error: `The sandbox could not answer: ${error instanceof Error ? error.message : String(error)}` } };
    }
  }

  lookAlike.limits = options.limits;
  await start();
  const handle: LookAlikeServer = {
    baseUrl: `http://127.0.0.1:${String(listeningPort)}`,
    requests,
    writes,
    get fault() {
      return choice.fault;
    },
    set fault(fault) {
      choice.fault = fault;
    },
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
