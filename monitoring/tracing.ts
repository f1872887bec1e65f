import type { CallTrace } from '../request/request-scope.ts';
import type { AnsweredOperation } from './answered-operation.ts';
import type { EventLogger } from '../request/event-logger.ts';

export interface TracingOptions {
  /** What the spans are said to come from, where OTEL_SERVICE_NAME says nothing. */
  readonly serviceName: string;
  /** Whether this process makes the calls itself that are in a request's trace; else a service has told of them. */
  readonly callsVendors: boolean;
}

/** Tells a collector of OpenTelemetry traces what was done for which request. */
export interface Tracing {
  /** @param traceparent is the client's, if it sent one. */
  begin(request: {
    readonly method: string;
    readonly traceparent: string | undefined;
  }): RequestSpan;
  /** From now on, it is logged when nobody takes the traces. */
  logTo(logger: EventLogger): void;
  /** Sends what has not been sent. */
  close(): Promise<void>;
}

export interface RequestSpan {
  /** Names this span to services that do a part of the work. */
  readonly traceparent: string;
  end(operation: AnsweredOperation, status: number, trace: RequestTrace): void;
}

/** What was done for a request. */
export type RequestTrace = Pick<CallTrace, 'calls' | 'mappingProblems'>;

/** The header in its first version, https://www.w3.org/TR/trace-context/#traceparent-header; undefined for anything else. */
export function readTraceparent(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' &&
    /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/.test(header)
    ? header
    : undefined;
}
