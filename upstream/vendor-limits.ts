import type { Service } from '../errors/coded-error.ts';
import type { Cancellation } from '../request/cancellation.ts';
import type { RequestScope } from '../request/request-scope.ts';
import type { SlotStore } from '../state/shared-state.ts';
import { CallQueue, type EndTurn, LimitReached } from './call-queue.ts';
import { UpstreamError } from './upstream-error.ts';
import type { RateLimits, RateRefusal } from './upstream-policy.ts';
import type { AnyRequest } from './upstream-request.ts';
import type { CallOutcome } from './vendor-pause.ts';
import type { VendorResponse } from './vendor-response.ts';

export interface VendorLimitsOptions {
  readonly service: Service;
  readonly vendor: string;
  readonly limits: RateLimits | undefined;
  readonly slots: SlotStore;
}

/** A call's rate-limit slots. */
export interface CallTurn {
  /** Reads the rate that the response reports. */
  readRate(response: VendorResponse): void;
  /** Pauses the limits that a refusal with `UPSTREAM_RATE_LIMITED` names. @returns the error with the vendor's own `retryAfter` */
  refused(refusal: UpstreamError, answer: VendorResponse): UpstreamError;
  /** Frees the slots after the call's response or failure. */
  end(outcome: CallOutcome): void;
}

/** The rate limits of one vendor account: the named ones, and one for each endpoint. */
export class VendorLimits {
  readonly #service: Service;
  readonly #limits: RateLimits | undefined;
  readonly #named: ReadonlyMap<string, CallQueue>;
  readonly #endpoints = new Map<string, CallQueue>();
  readonly #open: (name: string, rate: RateLimits['rates'][string]) => CallQueue;

  constructor({ service, vendor, limits, slots }: VendorLimitsOptions) {
    this.#service = service;
    this.#limits = limits;
    const { account = '', rates = {} } = limits ?? {};
    this.#open = (name, rate) =>
      new CallQueue({ slots, key: `${vendor}:${account}:${name}`, rate });
    this.#named = new Map(
      Object.entries(rates).map(([name, rate]) => [name, this.#open(name, rate)]),
    );
  }

  /**
   * Waits for a slot of each limit that the call counts for.
   * @returns undefined for a call without a limit
   * @throws UpstreamError `UPSTREAM_RATE_LIMITED` if no slot is free in time
   */
  async enter(
    request: AnyRequest,
    scope: RequestScope,
    cancellation: Cancellation,
  ): Promise<CallTurn | undefined> {
    if (this.#limits === undefined) return undefined;
    const limit = this.#named.get(this.#limits.limitOf(request));
    const endpoint = this.#endpointOf(request);
    const ends = new Map<CallQueue, EndTurn>();
    try {
      // The endpoint first: a call that waits for its endpoint must not occupy a shared slot.
      for (const queue of [endpoint, limit])
        if (queue !== undefined) ends.set(queue, await this.#wait(queue, scope, cancellation));
    } catch (error) {
      for (const end of ends.values()) end();
      throw error;
    }
    return ends.size === 0 ? undefined : this.#turnOf({ limit, endpoint, ends });
  }

  #turnOf({ limit, endpoint, ends }: Slots): CallTurn {
    const paused = new Set<CallQueue>();
    return {
      readRate: ({ headers }) => {
        const rate = this.#limits?.readRate?.(headers);
        if (rate !== undefined) limit?.setRate(rate);
      },
      refused: (refusal, response) => {
        const { pauses = 'limit', retryAfter } = this.#limits?.readRefusal?.(response) ?? {};
        const error =
          retryAfter === undefined || refusal.extensions.retryAfter !== undefined
            ? refusal
            : refusal.withRetryAfter(retryAfter);
        const ms = (error.extensions.retryAfter ?? 1) * 1000;
        for (const queue of this.#queuesOf(pauses, limit, endpoint)) {
          queue.pauseFor(ms);
          paused.add(queue);
        }
        return error;
      },
      end: (outcome) => {
        // A refusal by one limit means that the others accepted the call.
        for (const [queue, end] of ends)
          end(outcome === 'refused' && !paused.has(queue) ? 'accepted' : outcome);
      },
    };
  }

  #queuesOf(
    pauses: RateRefusal['pauses'],
    limit: CallQueue | undefined,
    endpoint: CallQueue | undefined,
  ): readonly CallQueue[] {
    switch (pauses) {
      case 'call':
        return [];
      case 'endpoint':
        return endpoint === undefined ? [] : [endpoint];
      case 'limit':
        return limit === undefined ? [] : [limit];
      case 'account':
        return [...this.#named.values()];
    }
  }

  #endpointOf(request: AnyRequest): CallQueue | undefined {
    // Templates come from the adapter's code, so their number is bounded.
    const name = `${request.method} ${request.path}`;
    const rate = this.#limits?.endpoints?.[name] ?? this.#limits?.perEndpoint;
    if (rate === undefined) return undefined;
    const queue = this.#endpoints.get(name) ?? this.#open(name, rate);
    this.#endpoints.set(name, queue);
    return queue;
  }

  async #wait(queue: CallQueue, scope: RequestScope, cancellation: Cancellation): Promise<EndTurn> {
    const refusal = (retryAfter: number, cause?: unknown) =>
      new UpstreamError('UPSTREAM_RATE_LIMITED', this.#service, {
        retryAfter,
        retryAdvice: false,
        cause,
      });
    cancellation.cancellationError = () => refusal(queue.retryAfter);
    try {
      return await queue.enter(scope, cancellation);
    } catch (error) {
      throw error instanceof LimitReached ? refusal(error.retryAfter, cancellation.reason) : error;
    } finally {
      cancellation.cancellationError = undefined;
    }
  }
}

interface Slots {
  readonly limit: CallQueue | undefined;
  readonly endpoint: CallQueue | undefined;
  readonly ends: ReadonlyMap<CallQueue, EndTurn>;
}
