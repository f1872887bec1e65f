import { once, setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeliveryFault } from './events/deliveries.ts';
import type { EventReceiver } from './events/vendor-events.ts';
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
  /** Whether calls above the vendor's rate limit are refused, for sandbox vendors with a rate limit. */
  limits: boolean;
  /** How long each answer is held back, in milliseconds. */
  latencyMs: number;
  /** What goes wrong with the events that the vendor sends, from now on; null for nothing. Only of a vendor that sends events. */
  deliveries: DeliveryFault | null;
  /** Sends the vendor's events there from now on; undefined: nowhere. Without effect for a vendor that sends none. */
  deliverTo(receiver: EventReceiver | undefined): void;
  /** Resolves when no event of the vendor is on its way. */
  delivered(): Promise<void>;
  /** Breaks all connections and refuses new ones. What was held back is never carried out, and events under way are lost. */
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
    sandboxVendor.events?.start();
  }

  async function stop() {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    stopping.abort();
    sandboxVendor.events?.stop();
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
    get deliveries() {
      return sandboxVendor.events?.deliveries ?? null;
    },
    set deliveries(fault) {
      if (sandboxVendor.events === undefined)
        throw new TypeError(`The sandbox vendor ${sandboxVendor.vendor} sends no events.`);
      sandboxVendor.events.deliveries = fault;
    },
    deliverTo(receiver) {
      sandboxVendor.events?.deliverTo(receiver);
    },
    delivered: async () => sandboxVendor.events?.settled(),
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
