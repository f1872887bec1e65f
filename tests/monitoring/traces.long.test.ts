import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../settings/settings.ts';
import { tracingSettings } from '../../monitoring/start-tracing.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { changeOfType } from '../events/changes.ts';
import { openTestStream } from '../gateway/streams/open-test-stream.ts';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from './trace-collector.ts';

const QUERY =
  'query Payers { customers(first: 2) { nodes { name payments(first: 1) { nodes { id } } } } }';
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CLIENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

let collector: TraceCollector;
let environment: NodeJS.ProcessEnv;
beforeEach(async () => {
  collector = await startTraceCollector();
  environment = { ...process.env };
  // OpenTelemetry's own code reads its settings there.
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=abc',
  });
});
afterEach(async () => {
  process.env = environment;
  await collector.close();
});

/** What was collected when the gateway has ended, which sends what is left. */
async function trace(
  mode: 'embedded' | 'distributed',
  ask: (gateway: TestGateway) => Promise<unknown>,
) {
  const gateway = await startTestGateway({ mode, environment: process.env });
  await ask(gateway);
  await gateway.close();
  const named = (name: string) => collector.spans.filter((span) => span.name === name);
  return {
    spans: collector.spans,
    root: named('query Payers').find(({ from }) => from === 'tributary'),
    log: gateway.log,
  };
}

/** A subscription, and its one payload. */
async function followOnePayment(gateway: TestGateway, traceparent: string): Promise<void> {
  const { data } = await gateway.query('{ payments(first: 1) { nodes { id } } }');
  const [{ id }] = data.payments.nodes;
  const query = 'subscription Paid { paymentChanged { payment { status } } }';
  const stream = await openTestStream(gateway, query, { headers: { traceparent } });
  await gateway.events.log.append([{ key: 'paid', changes: [changeOfType('Payment', id)] }]);
  await stream.next();
  await stream.close();
}

const isCall = ({ attributes }: CollectedSpan) => 'peer.service' in attributes;

describe.each(['embedded', 'distributed'] as const)('a trace of the %s gateway', (mode) => {
  it("goes on with the client's, and leads to each vendor call", async () => {
    const { spans, root } = await trace(mode, (gateway) =>
      gateway.query(QUERY, undefined, { traceparent: CLIENT }),
    );
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
    expect(root?.parentSpanId).toBe('b7ad6b7169203331');
    expect(root?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Payers',
      'tributary.outcome': 'complete',
    });
    const parents = new Map(spans.map((span) => [span.spanId, span]));
    const calls = spans.filter(isCall);
    expect(new Set(calls.map(({ attributes }) => attributes['peer.service']))).toEqual(
      new Set(['hubspot', 'stripe']),
    );
    for (const call of calls) {
      const parent = parents.get(call.parentSpanId ?? '');
      if (mode === 'embedded') expect(parent).toBe(root);
      else {
        expect(parent?.from).toBe(
          call.attributes['peer.service'] === 'stripe' ? 'tributary-payments' : 'tributary-crm',
        );
        expect(parent?.parentSpanId).toBe(root?.spanId);
      }
      expect(call.startMs).toBeGreaterThanOrEqual(parent?.startMs ?? Infinity);
    }
  });

  it('of a payload is one of its own, which links to the subscription', async () => {
    const { spans } = await trace(mode, (gateway) => followOnePayment(gateway, CLIENT));
    const [opened, paid] = spans.filter(
      ({ from, name }) => from === 'tributary' && name === 'subscription Paid',
    );
    expect(opened).toMatchObject({
      traceId: TRACE_ID,
      parentSpanId: 'b7ad6b7169203331',
      links: [],
    });
    expect(paid?.links).toEqual([{ traceId: TRACE_ID, spanId: opened?.spanId }]);
    expect(paid?.parentSpanId).toBeUndefined();
    expect(paid?.attributes).toEqual({
      'graphql.operation.type': 'subscription',
      'graphql.operation.name': 'Paid',
      'tributary.outcome': 'complete',
    });
    const read = spans.find((span) => isCall(span) && span.traceId === paid?.traceId);
    const parent = spans.find(({ spanId }) => spanId === read?.parentSpanId);
    expect(read?.attributes['peer.service']).toBe('stripe');
    if (mode === 'embedded') expect(parent).toBe(paid);
    else expect(parent).toMatchObject({ from: 'tributary-payments', parentSpanId: paid?.spanId });
  });

  it('says of a call no more than method, path template and status', async () => {
    const { spans } = await trace(mode, (gateway) => gateway.query(QUERY));
    const search = spans.find(
      ({ name }) =>
        name === 'POST /crm/objects/2026-09/contacts/search' ||
        name.startsWith('GET /crm/objects/2026-09/contacts'),
    );
    expect(search?.attributes).toEqual({
      'http.request.method': expect.any(String),
      'http.response.status_code': 200,
      'url.template': search?.name.replace(/^\w+ /, ''),
      'peer.service': 'hubspot',
      'tributary.service': 'crm',
    });
  });

  it('says of a call that failed how', async () => {
    const { spans } = await trace(mode, (gateway) => {
      gateway.sandbox.stripe.fault = '500';
      return gateway.query(QUERY);
    });
    const failed = spans.filter(({ attributes }) => attributes['peer.service'] === 'stripe');
    expect(failed.length).toBeGreaterThan(0);
    for (const { attributes } of failed)
      expect(attributes).toMatchObject({ 'http.response.status_code': 500, 'error.type': '500' });
  });
});

describe('traces', () => {
  it('are sampled and sent as the environment says', async () => {
    Object.assign(process.env, { OTEL_SERVICE_NAME: 'shop' });
    await trace('embedded', (gateway) => gateway.query(QUERY));
    expect(new Set(collector.spans.map(({ from }) => from))).toEqual(new Set(['shop']));
    expect(collector.headers.map((headers) => headers['x-collector-key'])).toContain('abc');
  });

  it('have no payload of a subscription whose client is not traced', async () => {
    const { spans } = await trace('embedded', (gateway) =>
      followOnePayment(gateway, CLIENT.replace(/01$/, '00')),
    );
    expect(spans.map(({ name }) => name)).not.toContain('subscription Paid');
  });

  it('are fewer where a sampler says so', async () => {
    Object.assign(process.env, {
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    const { spans } = await trace('embedded', (gateway) => gateway.query(QUERY));
    expect(spans).toEqual([]);
  });

  it.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_SDK_DISABLED: 'true' },
    { OTEL_TRACES_EXPORTER: 'none' },
  ])('are off with %j', async (environment) => {
    Object.assign(process.env, environment);
    await trace('embedded', (gateway) => gateway.query(QUERY, undefined, { traceparent: CLIENT }));
    expect(collector.bodies).toEqual([]);
  });

  it('are logged as lost if the collector cannot be reached, without its address', async () => {
    await collector.close();
    const { log } = await trace('embedded', (gateway) => gateway.query(QUERY));
    collector = await startTraceCollector();
    const logged = log.filter((line) => line.includes('traces could not be sent'));
    expect(logged).toHaveLength(1);
    expect(logged.join('')).not.toContain('127.0.0.1');
  });

  it("are a problem of the configuration if the collector's URL is invalid", () => {
    const problems: string[] = [];
    parseSettings(
      tracingSettings,
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '' },
      problems,
    );
    expect(problems).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL.']);
  });

  it('are not sent to vendors', async () => {
    const sent: string[][] = [];
    await trace('embedded', async (gateway) => {
      await gateway.query(QUERY, undefined, { traceparent: CLIENT, 'x-request-id': 'mine' });
      sent.push(...gateway.sandbox.hubspot.requests.map(({ headers }) => Object.keys(headers)));
    });
    expect(sent.length).toBeGreaterThan(0);
    for (const names of sent)
      expect(names).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(traceparent|x-request-id)$/)]),
      );
  });
});
