import { CodedError, type Service } from '../errors/coded-error.ts';
import type { RequestScope } from '../request/request-scope.ts';
import type { Cancellation } from '../request/cancellation.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { type ConnectionPool, ExchangeFailure, type HttpRequest } from './connection-pool.ts';
import { pause } from './pause.ts';
import { RetryPolicy } from './retry-policy.ts';
import { UpstreamError } from './upstream-error.ts';
import type { CallClass, UpstreamMonitor } from './upstream-monitor.ts';
import type { UpstreamPolicy, UpstreamResources } from './upstream-policy.ts';
import { type AnyRequest, isSafe } from './upstream-request.ts';
import { type DescribeRefusal, withNamesOnly } from './vendor-refusal.ts';
import { type Explain, refusalOf, VendorResponse } from './vendor-response.ts';
import { type CallTurn, VendorLimits } from './vendor-limits.ts';
import type { CallOutcome } from './vendor-pause.ts';

export interface ResilientCallsOptions {
  readonly service: Service;
  readonly vendor: string;
  readonly api?: string;
  readonly pool: ConnectionPool;
  readonly policy: UpstreamPolicy;
  readonly explain?: Explain;
  readonly describeRefusal?: DescribeRefusal;
  readonly resources: UpstreamResources;
}

/** Makes calls by the vendor's policy: with a circuit breaker, within its rate limit, and with retries of safe calls. */
export class ResilientCalls {
  readonly #service: Service;
  readonly #vendor: string;
  readonly #pool: ConnectionPool;
  readonly #policy: UpstreamPolicy;
  readonly #api: string | undefined;
  readonly #explain: Explain | undefined;
  readonly #describeRefusal: DescribeRefusal;
  readonly #monitor: UpstreamMonitor;
  readonly #retries: RetryPolicy;
  readonly #breakers: Readonly<Record<CallClass, CircuitBreaker>>;
  readonly #limits: VendorLimits;
  readonly #timeoutMs: number;

  constructor(options: ResilientCallsOptions) {
    const { service, vendor, api, pool, policy, explain, resources } = options;
    const { monitor, state, maxTries, maxFailures } = resources;
    this.#service = service;
    this.#vendor = vendor;
    this.#pool = pool;
    this.#policy = policy;
    this.#api = api;
    this.#explain = explain;
    this.#describeRefusal = options.describeRefusal ?? (() => ({}));
    this.#monitor = monitor;
    this.#retries = new RetryPolicy(maxTries);
    const breaker = (calls: CallClass) =>
      new CircuitBreaker({
        maxFailures,
        onChange: (breakerState) => {
          monitor.breakerChanged(vendor, calls, breakerState, api);
        },
      });
    this.#breakers = { read: breaker('read'), write: breaker('write') };
    this.#timeoutMs = policy.timeoutMs ?? resources.timeoutMs;
    this.#limits = new VendorLimits({ service, vendor, limits: policy.limits, slots: state.slots });
  }

  /**
   * @returns a response that is not a refusal
   * @throws UpstreamError, or the error that the vendor's refusal means; `OUTCOME_UNKNOWN` if a write may have taken effect
   */
  async call(
    request: AnyRequest,
    http: HttpRequest,
    scope: RequestScope,
    cancellation: Cancellation,
  ): Promise<VendorResponse> {
    const semantics = request.semantics ?? 'safe';
    let isOutcomeUnknown = false;
    this.#retries.recordCall();
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#try(request, http, scope, cancellation);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        isOutcomeUnknown ||= !isSafe(request) && error.isOutcomeUnknown;
        const pauseMs =
          cancellation.reason === undefined
            ? this.#retries.pauseAfter(error, tries, semantics, scope)
            : undefined;
        if (pauseMs === undefined) throw this.#finalError(error, isOutcomeUnknown);
        this.#monitor.retried(this.#vendor);
        await pause(pauseMs, cancellation).catch((reason: unknown) => {
          throw this.#finalError(
            new UpstreamError('UPSTREAM_TIMEOUT', this.#service, { cause: reason }),
            isOutcomeUnknown,
          );
        });
      }
    }
  }

  /**
   * A definite refusal means that the vendor has not executed the write. After any other failure the outcome is unknown if one try may have
   * succeeded.
   */
  #finalError(error: UpstreamError, isOutcomeUnknown: boolean): UpstreamError {
    if (!isOutcomeUnknown || error.code === 'UPSTREAM_REJECTED') return error;
    return new UpstreamError('OUTCOME_UNKNOWN', this.#service, {
      status: error.status,
      cause: error,
    });
  }

  async #try(
    request: AnyRequest,
    http: HttpRequest,
    scope: RequestScope,
    cancellation: Cancellation,
  ): Promise<VendorResponse> {
    const turn = await this.#enter(request, scope, cancellation);
    try {
      const response = await this.#exchange(request, http, scope, cancellation, turn);
      turn?.end('accepted');
      return response;
    } catch (error) {
      turn?.end(outcomeOf(error));
      throw error;
    }
  }

  async #enter(
    request: AnyRequest,
    scope: RequestScope,
    cancellation: Cancellation,
  ): Promise<CallTurn | undefined> {
    if (this.#policy.limits === undefined) return undefined;
    const startedAt = performance.now();
    try {
      return await this.#limits.enter(request, scope, cancellation);
    } finally {
      this.#monitor.waited(this.#vendor, performance.now() - startedAt);
    }
  }

  async #exchange(
    request: AnyRequest,
    http: HttpRequest,
    scope: RequestScope,
    cancellation: Cancellation,
    turn: CallTurn | undefined,
  ): Promise<VendorResponse> {
    const breaker = this.#breakerFor(request);
    const refusedMs = breaker.refuse();
    if (refusedMs !== undefined) {
      const retryAfter = Math.max(1, Math.ceil(refusedMs / 1000));
      throw new UpstreamError('UPSTREAM_UNAVAILABLE', this.#service, {
        retryAfter,
        retryAdvice: false,
      });
    }
    const startedAt = performance.now();
    let status: number | null = null;
    try {
      const response = new VendorResponse(await this.#pool.exchange(http, scope, cancellation));
      status = response.status;
      if (status >= 500) breaker.failed();
      else breaker.succeeded();
      turn?.readRate(response);
      const refusal = refusalOf(response, this.#service, request.explain ?? this.#explain);
      if (refusal === undefined) return response;
      this.#report(refusal, request, response, scope);
      if (refusal instanceof UpstreamError) throw this.#withRetryAdvice(refusal, response, turn);
      throw refusal;
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      throw this.#connectionError(error, request, cancellation);
    } finally {
      const call = {
        service: this.#service.name,
        vendor: this.#vendor,
        method: request.method,
        path: request.path,
        status,
        startMs: round(startedAt - scope.trace.startedAt),
        ms: round(performance.now() - startedAt),
        batchSize: request.batchSize ?? null,
        ...this.#reasonForOneRecord(request),
      };
      scope.trace.record(call);
      this.#monitor.called(call);
    }
  }

  #breakerFor(request: AnyRequest): CircuitBreaker {
    return this.#breakers[isSafe(request) ? 'read' : 'write'];
  }

  #reasonForOneRecord(request: AnyRequest): { readonly noBatchReason?: string } {
    const { noBatchReason } = this.#policy;
    return noBatchReason !== undefined && isSafe(request) && request.batchSize === undefined
      ? { noBatchReason }
      : {};
  }

  /** Reports failures of a call or of this server's credential, but not a record that does not exist. */
  #report(
    refusal: Error,
    request: AnyRequest,
    response: VendorResponse,
    { requestId }: RequestScope,
  ): void {
    if (!(refusal instanceof CodedError) || refusal.code === 'BAD_USER_INPUT') return;
    const { code } = refusal;
    if (code === 'UPSTREAM_REJECTED' && response.status === 404) return;
    this.#monitor.refused({
      service: this.#service.name,
      vendor: this.#vendor,
      ...(this.#api !== undefined && { api: this.#api }),
      method: request.method,
      path: request.path,
      status: response.status,
      code,
      ...withNamesOnly(this.#describeRefusal(response, request)),
      ...(requestId !== undefined && { requestId }),
    });
  }

  #withRetryAdvice(
    refusal: UpstreamError,
    response: VendorResponse,
    turn: CallTurn | undefined,
  ): UpstreamError {
    const error =
      turn !== undefined && refusal.code === 'UPSTREAM_RATE_LIMITED'
        ? turn.refused(refusal, response)
        : refusal;
    const advice = this.#policy.readRetryAdvice?.(response.headers);
    return advice === undefined ? error : error.withRetryAdvice(advice);
  }

  /** Milliseconds without a response after which a call counts as a failure of the vendor. */
  #slowMsOf(request: AnyRequest): number {
    return isSafe(request) ? Math.min(SLOW_MS, this.#timeoutMs * SLOW_SHARE) : SLOW_MS;
  }

  /** The error of a broken connection or a cancelled call. */
  #connectionError(
    failure: ExchangeFailure,
    request: AnyRequest,
    { reason }: Cancellation,
  ): UpstreamError {
    const breaker = this.#breakerFor(request);
    const { wasSent, connectedMs, isTooLarge, isWaitingLineFull, cause } = failure;
    if (isWaitingLineFull) {
      breaker.abandoned();
      return new UpstreamError('UPSTREAM_RATE_LIMITED', this.#service, {
        retryAdvice: false,
        cause,
      });
    }
    // A caller with a short deadline, or a full pool, must not make the vendor look unavailable.
    const isSlow =
      reason !== undefined && isTimeout(reason) && connectedMs >= this.#slowMsOf(request);
    if (reason === undefined || isSlow) breaker.failed();
    else breaker.abandoned();
    const code = reason === undefined ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_TIMEOUT';
    return new UpstreamError(code, this.#service, {
      isOutcomeUnknown: wasSent,
      ...(isTooLarge && { retryAdvice: false }),
      cause,
    });
  }
}

/** Whether the vendor's rate limit let a failed call through; a vendor that is down does not report its limit. */
function outcomeOf(error: unknown): CallOutcome {
  // An adapter's `explain` turns vendor responses into coded errors.
  if (!(error instanceof UpstreamError))
    return error instanceof CodedError ? 'accepted' : 'unanswered';
  if (error.status === undefined || error.status >= 500) return 'unanswered';
  return error.code === 'UPSTREAM_RATE_LIMITED' ? 'refused' : 'accepted';
}

const isTimeout = ({ name }: Error) => name === 'TimeoutError';

const SLOW_MS = 2000;
/** Share of the time limit of reads: a short limit must not keep the breaker closed, nor may time spent waiting before the call. */
const SLOW_SHARE = 2 / 3;

const round = (ms: number) => Math.round(ms * 10) / 10;
