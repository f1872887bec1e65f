import { CodedError } from '../errors/coded-error.ts';
import type { CallTrace, RequestScope } from '../request/request-scope.ts';
import type { Cancelable, Cancellation } from '../request/cancellation.ts';

/** The parts of a request that decide its turn. */
export type WaitingRequest = Pick<RequestScope, 'trace' | 'clientKey' | 'isBackground'>;

/**
 * A bounded waiting line for a resource. Clients take turns, and so do the requests of a client, however many waiters each of them has.
 * Background
 * requests come last. A cancelled waiter leaves at once.
 *
 * A full line refuses the newest waiter of the client with the most waiters, so that one client cannot fill it for all others.
 */
export class WaitingLine<Grant = void> {
  readonly #maxWaiting: number;
  readonly #interactive: ByClient<Grant> = new Map();
  readonly #background: ByClient<Grant> = new Map();
  #size = 0;

  /** @param maxWaiting maximum number of waiters */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Waits for {@link WaitingLine.admit}.
   * @throws WaitingLineFull if the line is full
   * @throws the reason of the cancellation
   */
  wait(request: WaitingRequest, cancellation: Cancellation): Promise<Grant> {
    const { reason } = cancellation;
    if (reason !== undefined) return Promise.reject(reason);
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Grant> = {
        admit: (grant) => {
          cancellation.delete(waiter);
          resolve(grant);
        },
        refuse: () => {
          cancellation.delete(waiter);
          reject(new WaitingLineFull());
        },
        cancel: (cause) => {
          this.#delete(request, waiter);
          reject(cause);
        },
      };
      cancellation.add(waiter);
      this.#add(request, waiter);
      if (this.#size > this.#maxWaiting) this.#refuseOne(request, waiter);
    });
  }

  /**
   * Admits the next waiter.
   * @returns false if the line is empty
   */
  admit(grant: Grant): boolean {
    const next =
      takeFrom(this.#interactive, takeNextOfClient) ?? takeFrom(this.#background, takeNextOfClient);
    if (next === undefined) return false;
    this.#size -= 1;
    next.admit(grant);
    return true;
  }

  #clientsLike({ isBackground }: WaitingRequest): ByClient<Grant> {
    return isBackground === true ? this.#background : this.#interactive;
  }

  #add(request: WaitingRequest, waiter: Waiter<Grant>): void {
    const { trace, clientKey } = request;
    const clients = this.#clientsLike(request);
    const client = clients.get(clientKey) ?? {
      size: 0,
      requests: new Map<CallTrace, Set<Waiter<Grant>>>(),
    };
    clients.set(clientKey, client);
    const waiters = client.requests.get(trace);
    if (waiters === undefined) client.requests.set(trace, new Set([waiter]));
    else waiters.add(waiter);
    client.size += 1;
    this.#size += 1;
  }

  #delete(request: WaitingRequest, waiter: Waiter<Grant>): void {
    const { trace, clientKey } = request;
    const clients = this.#clientsLike(request);
    const client = clients.get(clientKey);
    const waiters = client?.requests.get(trace);
    if (client === undefined || waiters?.delete(waiter) !== true) return;
    client.size -= 1;
    this.#size -= 1;
    if (waiters.size === 0) client.requests.delete(trace);
    if (client.size === 0) clients.delete(clientKey);
  }

  /** Refuses the newest waiter of the client with the most waiters; among equals the newcomer, and background requests first. */
  #refuseOne(newcomer: WaitingRequest, waiter: Waiter<Grant>): void {
    const own = this.#clientsLike(newcomer).get(newcomer.clientKey);
    let worst = {
      isBackground: newcomer.isBackground === true,
      key: newcomer.clientKey,
      client: own,
    };
    for (const isBackground of [true, false]) {
      for (const [key, client] of isBackground ? this.#background : this.#interactive) {
        const size = worst.client?.size ?? 0;
        if (client.size > size || (client.size === size && isBackground && !worst.isBackground))
          worst = { isBackground, key, client };
      }
    }
    if (worst.client === own) {
      this.#delete(newcomer, waiter);
      waiter.refuse();
      return;
    }
    const [trace, waiters] = lastOf(worst.client?.requests ?? []) ?? [];
    const newest = lastOf(waiters ?? []);
    if (trace === undefined || newest === undefined) return;
    this.#delete(
      {
        trace,
        isBackground: worst.isBackground,
        ...(worst.key !== undefined && { clientKey: worst.key }),
      },
      newest,
    );
    newest.refuse();
  }
}

/** The waiting line is full. */
export class WaitingLineFull extends CodedError {
  override readonly name = 'WaitingLineFull';

  constructor() {
    super('RATE_LIMITED', 'Too many requests are waiting on this server. Try again later.', {
      retryAfter: 1,
    });
  }
}

interface Waiter<Grant> extends Cancelable {
  readonly admit: (grant: Grant) => void;
  readonly refuse: () => void;
}

interface Client<Grant> {
  size: number;
  readonly requests: Map<CallTrace, Set<Waiter<Grant>>>;
}

type ByClient<Grant> = Map<string | undefined, Client<Grant>>;

function lastOf<Item>(items: Iterable<Item>): Item | undefined {
  let last: Item | undefined;
  for (const item of items) last = item;
  return last;
}

function takeNextOfClient<Grant>(client: Client<Grant>): Waiter<Grant> | undefined {
  const taken = takeFrom(client.requests, takeFirst);
  if (taken !== undefined) client.size -= 1;
  return taken;
}

export function takeFirst<Item>(items: Set<Item>): Item | undefined {
  const [first] = items;
  if (first !== undefined) items.delete(first);
  return first;
}

/** Groups take turns: a map iterates in insertion order, and a group goes to the end after its turn. */
export function takeFrom<Key, Group extends { readonly size: number }, Item>(
  groups: Map<Key, Group>,
  take: (group: Group) => Item | undefined,
): Item | undefined {
  const [first] = groups;
  if (first === undefined) return undefined;
  const [key, group] = first;
  groups.delete(key);
  const taken = take(group);
  if (group.size > 0) groups.set(key, group);
  return taken;
}
