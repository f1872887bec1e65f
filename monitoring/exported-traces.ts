import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
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
    begin: ({ method, traceparent }) => beginSpan(tracer, method, traceparent, callsVendors),
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

function beginSpan(
  tracer: Tracer,
  method: string,
  traceparent: string | undefined,
  callsVendors: boolean,
): RequestSpan {
  const startedAt = performance.now();
  const attributes = { 'http.request.method': method, 'http.route': '/graphql' };
  const span = tracer.startSpan(
    method,
    { kind: SpanKind.SERVER, startTime: epoch(startedAt), attributes },
    parentOf(traceparent),
  );
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    end: ({ name, type, outcome, errors }, status, { calls, mappingProblems }) => {
      if (type !== undefined) span.updateName(name === undefined ? type : `${type} ${name}`);
      span.setAttributes({
        'http.response.status_code': status,
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

function parentOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: parseInt(flags, 16),
    isRemote: true,
  });
}

/** Converts a time of `performance.now()` to milliseconds since the epoch. */
const epoch = (time: number) => performance.timeOrigin + time;
