import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { CallRecord } from '../request/request-scope.ts';
import type { EventLogger } from '../request/event-logger.ts';
import type { RequestSpan, Tracing, TracingOptions } from './tracing.ts';

/**
 * Sends traces by OTLP over HTTP, as JSON. Spans are created manually: one for each answered request, and one for each recorded call. Names and
 * attributes follow OpenTelemetry's semantic conventions and contain no path or query values.
 */
export function exportTraces({ serviceName, callsVendors }: TracingOptions): Tracing {
  const exporter = new ReportedExporter(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('tributary');
  return {
    begin: ({ method, traceparent }) => {
      const attributes = { 'http.request.method': method, 'http.route': '/graphql' };
      const options = { kind: SpanKind.SERVER, attributes };
      const parent = contextOf(traceparent) ?? ROOT_CONTEXT;
      return beginSpan(tracer, { name: method, options, parent, isHttp: true, callsVendors });
    },
    beginPayload: (subscription) => {
      const linked = spanContextOf(subscription);
      const isSampled = linked === undefined || (linked.traceFlags & TraceFlags.SAMPLED) !== 0;
      const options = {
        kind: SpanKind.INTERNAL,
        links: linked === undefined ? [] : [{ context: linked }],
      };
      const parent = (isSampled ? undefined : contextOf(subscription)) ?? ROOT_CONTEXT;
      return beginSpan(tracer, { name: 'payload', options, parent, isHttp: false, callsVendors });
    },
    logTo: (logger) => {
      exporter.logger = logger;
    },
    // Failures have been logged; the process exits anyway.
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/** Logs failed exports: OpenTelemetry reports none by default, and its own messages contain the collector's address and headers. */
class ReportedExporter implements SpanExporter {
  logger: EventLogger | undefined;
  readonly #exporter: SpanExporter;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
  }

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.#exporter.export(spans, (result) => {
      if (result.error !== undefined)
        this.logger?.warn({ spans: spans.length }, 'traces could not be sent');
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}

interface SpanDescription {
  /** Until the operation is known. */
  readonly name: string;
  readonly options: SpanOptions;
  readonly parent: Context;
  /** Whether its status is that of an HTTP response. */
  readonly isHttp: boolean;
  readonly callsVendors: boolean;
}

function beginSpan(
  tracer: Tracer,
  { name: method, options, parent, isHttp, callsVendors }: SpanDescription,
): RequestSpan {
  const startedAt = performance.now();
  const span = tracer.startSpan(method, { ...options, startTime: epoch(startedAt) }, parent);
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    end: ({ name, type, outcome, errors }, status, { calls, mappingProblems }) => {
      if (type !== undefined) span.updateName(name === undefined ? type : `${type} ${name}`);
      span.setAttributes({
        ...(isHttp && { 'http.response.status_code': status }),
        'tributary.outcome': outcome,
        ...(type !== undefined && { 'graphql.operation.type': type }),
        ...(name !== undefined && { 'graphql.operation.name': name }),
        ...(errors[0] !== undefined && { 'error.type': errors[0].code }),
      });
      for (const { kind, connector, mapping, line, column, count } of mappingProblems)
        span.addEvent('mapping problem', { kind, connector, mapping, line, column, count });
      if (outcome === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
      if (callsVendors && span.isRecording()) addCalls(tracer, span, startedAt, calls);
      span.end(epoch(performance.now()));
    },
  };
}

function addCalls(
  tracer: Tracer,
  parent: Span,
  startedAt: number,
  calls: readonly CallRecord[],
): void {
  const context = trace.setSpan(ROOT_CONTEXT, parent);
  for (const call of calls) {
    const startTime = epoch(startedAt + call.startMs);
    const span = tracer.startSpan(
      `${call.method} ${call.path}`,
      { kind: SpanKind.CLIENT, startTime, attributes: describe(call) },
      context,
    );
    if (call.status === null || call.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(startTime + call.ms);
  }
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client */
const describe = ({
  service,
  vendor,
  method,
  path,
  status,
  batchSize,
}: CallRecord): Attributes => ({
  'http.request.method': method,
  'url.template': path,
  'peer.service': vendor,
  'tributary.service': service,
  ...(status !== null && { 'http.response.status_code': status }),
  ...(status === null && { 'error.type': 'no response' }),
  ...(status !== null && status >= 400 && { 'error.type': String(status) }),
  ...(batchSize !== null && { 'tributary.batch_size': batchSize }),
});

function contextOf(traceparent: string | undefined): Context | undefined {
  const span = spanContextOf(traceparent);
  return span && trace.setSpanContext(ROOT_CONTEXT, span);
}

function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  if (traceparent === undefined) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}

/** Converts a time of `performance.now()` to milliseconds since the epoch. */
const epoch = (time: number) => performance.timeOrigin + time;
