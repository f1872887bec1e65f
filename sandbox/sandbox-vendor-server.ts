import { once, setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault } from './faults.ts';
import type { SandboxVendor } from './sandbox-vendor.ts';
import type { LoggedRequest, LoggedWrite } from './request-log.ts';
import { createServing } from './serving.ts';

/** A vendor's sandbox vendor, listening on 127.0.0.1. */
export interface SandboxVendorServer {
  readonly baseUrl: string;
  /** The latest requests, oldest first. Credentials are left out. */
  readonly requests: readonly LoggedRequest[];
  /** The latest requests that changed something, oldest first: what was refused or only repeated an earlier answer is not among them. */
  readonly writes: readonly LoggedWrite[];
  /** What goes wrong from the next request on; null for nothing. */
  fault: Fault | null;
  /** Whether calls above the vendor's rate are refused, where the sandbox vendor knows that rate. */
  limits: boolean;
  /** How long each answer is held back, in milliseconds. */
  latencyMs: number;
  /** Breaks all connections and refuses new ones. What was held back is never carried out. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

export interface SandboxVendorServerOptions {
  readonly sandboxVendor: SandboxVendor;
  /** @default 0, a free one */
  readonly port?: number | undefined;
  readonly latencyMs: number;
  readonly fault: Fault | null;
  readonly limits: boolean;
}

/** @throws {Error} when the port is taken. */
export async function startSandboxVendorServer({
  sandboxVendor,
  port = 0,
  limits,
  ...options
}: SandboxVendorServerOptions): Promise<SandboxVendorServer> {
  const serving = createServing(sandboxVendor, options);
  const server = createServer(
    (incoming, outgoing) => void serving.serve(incoming, outgoing, stopping.signal),
  );
  let stopping = createStopping();
  let listeningPort = port;

  async function start() {
    if (server.listening) return;
    stopping = createStopping();
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

  sandboxVendor.limits = limits;
  await start();
  return {
    baseUrl: `http://127.0.0.1:${String(listeningPort)}`,
    requests: serving.requests,
    writes: serving.writes,
    get fault() {
      return serving.choice.fault;
    },
    set fault(fault) {
      serving.choice.fault = fault;
    },
    get limits() {
      return sandboxVendor.limits ?? false;
    },
    set limits(limits) {
      sandboxVendor.limits = limits;
    },
    get latencyMs() {
      return serving.latencyMs;
    },
    set latencyMs(latencyMs) {
      serving.latencyMs = latencyMs;
    },
    stop,
    start,
  };
}

/** Each answer that is held back listens to it. */
function createStopping(): AbortController {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  return stopping;
}
