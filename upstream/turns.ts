import type { CallTrace, RequestScope } from './call-trace.ts';

type Whose = Pick<RequestScope, 'trace' | 'callerId' | 'isBackground'>;
type ByRequest<Waiter> = Map<CallTrace, Set<Waiter>>;
type ByCaller<Waiter> = Map<string | undefined, ByRequest<Waiter>>;

/**
 * Calls that wait for what comes one at a time. Callers take turns, and among a caller's calls its client requests do, whatever number of
 * calls each of them makes; those in the background come last.
 */
export class Turns<Waiter> {
  readonly #interactive: ByCaller<Waiter> = new Map();
  readonly #background: ByCaller<Waiter> = new Map();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(whose: Whose, waiter: Waiter): void {
    const { trace, callerId } = whose;
    const callers = this.#callersLike(whose);
    const requests = callers.get(callerId) ?? new Map<CallTrace, Set<Waiter>>();
    callers.set(callerId, requests);
    const waiters = requests.get(trace);
    if (waiters === undefined) requests.set(trace, new Set([waiter]));
    else waiters.add(waiter);
    this.#size += 1;
  }

  /** Nothing happens to what does not wait, or not any more. */
  delete(whose: Whose, waiter: Waiter): void {
    const { trace, callerId } = whose;
    const callers = this.#callersLike(whose);
    const requests = callers.get(callerId);
    const waiters = requests?.get(trace);
    if (requests === undefined || waiters?.delete(waiter) !== true) return;
    this.#size -= 1;
    if (waiters.size === 0) requests.delete(trace);
    if (requests.size === 0) callers.delete(callerId);
  }

  take(): Waiter | undefined {
    const taken = takeFrom(this.#interactive, takeOfCaller) ?? takeFrom(this.#background, takeOfCaller);
    if (taken !== undefined) this.#size -= 1;
    return taken;
  }

  #callersLike({ isBackground }: Whose): ByCaller<Waiter> {
    return isBackground === true ? this.#background : this.#interactive;
  }
}

const takeOfCaller = <Waiter>(requests: ByRequest<Waiter>): Waiter | undefined => takeFrom(requests, takeFirst);

function takeFirst<Waiter>(waiters: Set<Waiter>): Waiter | undefined {
  const [waiter] = waiters;
  if (waiter !== undefined) waiters.delete(waiter);
  return waiter;
}

/** A map keeps the order in which its keys came: whose turn it was comes again last. */
function takeFrom<Key, Group extends { readonly size: number }, Waiter>(
  groups: Map<Key, Group>,
  take: (group: Group) => Waiter | undefined,
): Waiter | undefined {
  const [first] = groups;
  if (first === undefined) return undefined;
  const [key, group] = first;
  groups.delete(key);
  const taken = take(group);
  if (group.size > 0) groups.set(key, group);
  return taken;
}
