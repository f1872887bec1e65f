import type { CallTrace } from '../request/request-scope.ts';
import type { AnsweredOperation } from './answered-operation.ts';
import type { EventLogger } from '../request/event-logger.ts';

export interface TracingOptions {
  /** The service name of spans. OTEL_SERVICE_NAME overrides it. */
  readonly serviceName: string;
  /** Whether this process makes the calls in a request's trace itself; otherwise a service has reported them. */
  readonly callsVendors: boolean;
}

/** Sends traces of requests to an OpenTelemetry collector. */
export interface Tracing {
  /** @param traceparent the client's header, if any */
  begin(request: {
    readonly method: string;
    readonly traceparent: string | undefined;
  }): RequestSpan;
  /**
   * A payload of a subscription begins a trace of its own, which links to the subscription's: that would have no end for an hour.
   * @param subscription is the subscription's traceparent, if there is one: the payload has no trace if it has none
   */
  beginPayload(subscription: string | undefined): RequestSpan;
  /** Logs failed exports from now on. */
  logTo(logger: EventLogger): void;
  /** Sends pending spans. */
  close(): Promise<void>;
}

export interface RequestSpan {
  /** The header that links spans of services to this one. */
  readonly traceparent: string;
  end(operation: AnsweredOperation, status: number, trace: RequestTrace): void;
}

/** The recorded work for a request. */
export type RequestTrace = Pick<CallTrace, 'calls' | 'mappingProblems'>;

/** Reads version 00 of the header, https://www.w3.org/TR/trace-context/#traceparent-header; undefined for anything else. */
export function readTraceparent(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' &&
    /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/.test(header)
    ? header
    : undefined;
}
