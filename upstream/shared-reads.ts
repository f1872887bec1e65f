import type { CacheInvalidation } from '../events/cache-invalidation.ts';
import type { CallTrace, RequestScope } from '../request/request-scope.ts';
import type { HttpRequest } from './connection-pool.ts';
import type { ResilientCalls } from './resilient-calls.ts';
import { type SharedTime, SingleFlight, type TimeToWait } from './single-flight.ts';
import type { CachePolicy, UpstreamPolicy, UpstreamResources } from './upstream-policy.ts';
import type { AnyRequest } from './upstream-request.ts';
import type { VendorResponse } from './vendor-response.ts';

export interface SharedReadsOptions {
  readonly vendor: string;
  readonly policy: UpstreamPolicy;
  readonly resources: UpstreamResources;
  readonly calls: ResilientCalls;
  /** Makes the error of a reader that cancels. */
  readonly cancelled: (reason: Error) => Error;
}

export interface Reading {
  readonly request: AnyRequest;
  readonly http: HttpRequest;
  readonly scope: RequestScope;
  /** The account whose records are read. */
  readonly account: string;
}

/** Equal concurrent reads share one call, as long as none of the records in its response has changed since it began. */
export class SharedReads {
  readonly #calls: ResilientCalls;
  readonly #cancelled: (reason: Error) => Error;
  readonly #flights: SingleFlight<VendorResponse>;
  readonly #freshness: Freshness;

  constructor({ calls, cancelled, ...options }: SharedReadsOptions) {
    this.#calls = calls;
    this.#cancelled = cancelled;
    this.#flights = new SingleFlight(cancelled);
    this.#freshness = new Freshness(options);
  }

  /** Reports a write. */
  changed(): void {
    this.#freshness.changed();
  }

  read(reading: Reading, time: TimeToWait): Promise<VendorResponse> {
    const { request, http, scope, account } = reading;
    const name = `${account} ${flightOf(request, http)}`;
    const since = this.#freshness.of(request, scope);
    return this.#freshness.mayBeBehind(scope) &&
      this.#flights.isPendingSince(`${since} ${name}`, scope.trace.startedAt)
      ? this.#readCurrent(name, reading, time)
      : this.#share(`${since} ${name}`, reading, time);
  }

  /** Joins a call that began before the client's request only if nothing has changed in between. */
  async #readCurrent(name: string, reading: Reading, time: TimeToWait): Promise<VendorResponse> {
    const since = await this.#freshness.whenKnown(reading.request, reading.scope);
    const { reason } = time.cancellation;
    if (reason !== undefined) throw this.#cancelled(reason);
    return this.#share(`${since} ${name}`, reading, time);
  }

  #share(key: string, { request, http, scope }: Reading, time: TimeToWait) {
    return this.#flights.share(key, time, (flight) =>
      this.#calls.call(request, http, followDeadline(scope, flight), flight),
    );
  }
}

/**
 * Names the state of the records that a read belongs to: a read after a change must not join a call that began before it. A request that
 * needs the
 * current state shares only within itself, so that it does not miss changes of other instances without an event so far.
 */
class Freshness {
  readonly #vendor: string;
  readonly #cache: CachePolicy | undefined;
  readonly #invalidation: CacheInvalidation | undefined;
  #changes = 0;
  #requests = 0;
  readonly #names = new WeakMap<CallTrace, number>();

  constructor({
    vendor,
    policy,
    resources,
  }: Pick<SharedReadsOptions, 'vendor' | 'policy' | 'resources'>) {
    this.#vendor = vendor;
    this.#cache = policy.cache;
    this.#invalidation = resources.invalidation;
  }

  changed(): void {
    this.#changes += 1;
  }

  of(request: AnyRequest, scope: RequestScope): string {
    return scope.bypassCache === true ? this.#ofOneRequest(scope) : this.#ofAll(request);
  }

  /** Whether other instances may know changes that this one does not know yet. */
  mayBeBehind({ bypassCache }: RequestScope): boolean {
    return bypassCache !== true && this.#invalidation?.isShared === true;
  }

  /** Like {@link of}, after all changes before the client's request have arrived here. */
  async whenKnown(request: AnyRequest, scope: RequestScope): Promise<string> {
    const place = await this.#invalidation?.placeOf(scope);
    return place === undefined ? this.#ofOneRequest(scope) : this.#ofAll(request);
  }

  #ofAll(request: AnyRequest): string {
    const types =
      this.#invalidation?.hasChangesOf(this.#vendor) === true
        ? this.#cache?.tagsOf?.(request)?.types
        : undefined;
    return types === undefined
      ? String(this.#changes)
      : `${String(this.#changes)} ${String(this.#invalidation?.revisionOf(this.#vendor, types))}`;
  }

  #ofOneRequest({ trace }: RequestScope): string {
    const request = this.#names.get(trace) ?? (this.#requests += 1);
    this.#names.set(trace, request);
    return `${String(this.#changes)}/${String(request)}`;
  }
}

/** Names calls that can share one response. The other headers are equal for all calls of a client. */
function flightOf({ headers, reader }: AnyRequest, http: HttpRequest): string {
  const condition = http.headers['if-none-match'] ?? http.headers['if-modified-since'];
  return headers === undefined && condition === undefined && reader === undefined
    ? http.path
    : JSON.stringify([http.path, headers, condition, reader]);
}

/** The scope of a shared call: it lasts as long as a caller waits. */
const followDeadline = (scope: RequestScope, flight: SharedTime): RequestScope => ({
  ...scope,
  get deadlineAt() {
    return flight.deadlineAt;
  },
});
