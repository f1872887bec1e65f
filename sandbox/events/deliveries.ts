import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Faults of event delivery. `cut`: events are never delivered, and only the vendor's API lists them. `late`: events are delayed until the
 * fault is set to another value. `out-of-order`: events sent within a short time arrive in reverse. `twice`: each event is delivered twice. `wrong-signature`: events are signed with another secret.
 */
export const DELIVERY_FAULTS = ['cut', 'late', 'out-of-order', 'twice', 'wrong-signature'] as const;

export type DeliveryFault = (typeof DELIVERY_FAULTS)[number];

/** An event for one receiver. */
export interface Delivery {
  readonly url: string;
  /** Called for each attempt, counted from 0: the signature contains the time. */
  message(attempt: number, isForged: boolean): DeliveryMessage;
  /** Called once: when the event was delivered, or after its last attempt. */
  settled?(isDelivered: boolean): void;
}

export interface DeliveryMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DeliveryResponse {
  readonly status: number;
  /** The `Retry-After` header in seconds; null if there is none. */
  readonly retryAfter: number | null;
}

/** The vendor's rules for deliveries and retries. */
export interface DeliveryPolicy {
  /** The most concurrent deliveries. */
  readonly concurrency: number;
  /** The receiver's timeout in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Milliseconds until the next attempt; null: no retry.
   * @param response is undefined if there was none
   */
  retryDelay(attempt: number, response: DeliveryResponse | undefined): number | null;
}

/** Delivers events to receivers on this machine. Other machines are never called: they count as unreachable. */
export class Deliveries {
  readonly #policy: DeliveryPolicy;
  #fault: DeliveryFault | null = null;
  #held: Delivery[] = [];
  #stopping = new AbortController();
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(policy: DeliveryPolicy) {
    this.#policy = policy;
  }

  get fault(): DeliveryFault | null {
    return this.#fault;
  }

  set fault(fault: DeliveryFault | null) {
    this.#fault = fault;
    const held = this.#held;
    this.#held = [];
    for (const delivery of held) this.send(delivery);
  }

  send(delivery: Delivery): void {
    if (this.#stopping.signal.aborted) return;
    switch (this.#fault) {
      case 'cut':
        delivery.settled?.(false);
        return;
      case 'late':
        this.#held.push(delivery);
        return;
      case 'out-of-order':
        this.#held.push(delivery);
        if (this.#held.length === 1) this.#run(this.#reverse());
        return;
      case 'twice':
      case 'wrong-signature':
      case null:
        this.#run(this.#deliver(delivery));
    }
  }

  /** Resolves when each event is delivered or has had its last attempt, except for held ones. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Drops all pending deliveries. */
  stop(): void {
    this.#stopping.abort();
    this.#held = [];
  }

  start(): void {
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
  }

  #run(running: Promise<void>): void {
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  async #reverse(): Promise<void> {
    await this.#wait(REVERSED_WITHIN_MS);
    // If the fault was changed meanwhile, they were released.
    if (this.#fault !== 'out-of-order') return;
    const held = this.#held.reverse();
    this.#held = [];
    for (const delivery of held) await this.#deliver(delivery);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { signal } = this.#stopping;
    // `stop` may be called during each wait.
    const isStopped = () => signal.aborted;
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.#attempt(delivery, attempt, signal);
      if (isStopped()) return;
      if (response !== undefined && isSuccess(response)) break;
      const pause = this.#fault === 'cut' ? null : this.#policy.retryDelay(attempt, response);
      if (pause === null) {
        delivery.settled?.(false);
        return;
      }
      await this.#wait(pause);
      if (isStopped()) return;
    }
    delivery.settled?.(true);
    if (this.#fault === 'twice') await this.#attempt(delivery, 0, signal);
  }

  async #attempt(
    delivery: Delivery,
    attempt: number,
    signal: AbortSignal,
  ): Promise<DeliveryResponse | undefined> {
    if (this.#underWay >= this.#policy.concurrency)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay += 1;
    try {
      if (signal.aborted || this.#fault === 'cut') return undefined;
      const message = delivery.message(attempt, this.#fault === 'wrong-signature');
      return await post(delivery.url, message, this.#policy.timeoutMs, signal);
    } finally {
      // The slot passes to the next in line, so that the order is kept.
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay -= 1;
      else next();
    }
  }

  async #wait(ms: number): Promise<void> {
    // Rejects only after `stop`.
    await wait(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }
}

/** Long enough to contain the events of one change. */
const REVERSED_WITHIN_MS = 50;

const isSuccess = ({ status }: DeliveryResponse) => status >= 200 && status < 300;

/** The vendors back off by hours; the sandbox by fractions of a second. */
export const exponentialBackoff = (attempt: number) =>
  Math.min(MIN_BACKOFF_MS * 2 ** attempt, MAX_BACKOFF_MS);

const MIN_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 60_000;

/** @returns undefined without a response: connection refused, timeout, or a receiver on another machine */
function post(
  url: string,
  { headers, body }: DeliveryMessage,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<DeliveryResponse | undefined> {
  if (!isOnThisMachine(url)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const fail = () => {
      resolve(undefined);
    };
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent: false,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      },
      (incoming) => {
        const seconds = Number(incoming.headers['retry-after'] ?? NaN);
        incoming.on('error', fail).resume();
        // A response always has a status.
        resolve({
          status: incoming.statusCode ?? 0,
          retryAfter: seconds >= 0 ? seconds : null,
        });
      },
    );
    outgoing.on('error', fail).end(body);
  });
}

export function isOnThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'http:') return false;
  if (host === 'localhost') return true;
  return (
    /^127(\.\d{1,3}){3}$/.test(host) ||
    Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ address }) => address === host),
    )
  );
}
