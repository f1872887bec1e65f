import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { readMetrics, samplesOf } from './read-metrics.ts';

let gateway: TestGateway | undefined;
afterEach(() => gateway?.close());

const QUERY =
  'query Payers { customers(first: 2) { nodes { name payments(first: 1) { nodes { id } } } } }';

const vendorsOf = (samples: Readonly<Record<string, number>>) =>
  new Set(Object.keys(samples).map((labels) => /vendor="(\w+)"/.exec(labels)?.[1]));

describe('GET /metrics', () => {
  it('counts operations whether or not they came before, and the calls made for them', async () => {
    gateway = await startTestGateway({ environment: { NODE_ENV: 'production' } });
    for (let time = 0; time < 3; time += 1) await gateway.query(QUERY);
    gateway.sandbox.stripe.fault = 'garbage';
    const { errors = [] } = await gateway.query(QUERY);
    await gateway.query('query Payers { nothing }');
    await gateway.query('{');
    await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[]',
    });

    const metrics = await readMetrics(gateway.url);
    expect(samplesOf(metrics, 'tributary_operation_duration_seconds_count')).toEqual({
      '{operation="Payers",type="query",outcome="complete"}': 3,
      '{operation="Payers",type="query",outcome="partial"}': 1,
      '{operation="unknown",type="unknown",outcome="refused"}': 3,
    });
    expect(samplesOf(metrics, 'tributary_operation_errors_total')).toEqual({
      '{code="UPSTREAM_CONTRACT",service="payments"}': errors.length,
      '{code="GRAPHQL_VALIDATION_FAILED",service="none"}': 1,
      '{code="GRAPHQL_PARSE_FAILED",service="none"}': 1,
      '{code="BAD_REQUEST",service="none"}': 1,
    });
    expect(vendorsOf(samplesOf(metrics, 'tributary_upstream_call_duration_seconds_count'))).toEqual(
      new Set(['hubspot', 'stripe']),
    );
  });

  it("has a service's calls at the service, and the gateway's operations at the gateway", async () => {
    gateway = await startTestGateway({ mode: 'distributed' });
    await gateway.query(QUERY);
    const [ofGateway, ofCrm, ofPayments] = await Promise.all(gateway.urls.map(readMetrics));
    const calls = (metrics: ReadonlyMap<string, number> = new Map()) =>
      vendorsOf(samplesOf(metrics, 'tributary_upstream_call_duration_seconds_count'));
    expect([calls(ofGateway), calls(ofCrm), calls(ofPayments)]).toEqual([
      new Set(),
      new Set(['hubspot']),
      new Set(['stripe']),
    ]);
    expect(samplesOf(ofGateway ?? new Map(), 'tributary_operation_duration_seconds_count')).toEqual(
      {
        '{operation="Payers",type="query",outcome="complete"}': 1,
      },
    );
  });

  it("is in Prometheus' text format", async () => {
    gateway = await startTestGateway();
    const { status, headers } = await fetch(`${gateway.url}/metrics`);
    expect([status, headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
  });
});

describe('GET /health/ready', () => {
  it('names a vendor that is not called, and is still 200', async () => {
    gateway = await startTestGateway({ environment: { REQUEST_TIMEOUT_MS: '2000' } });
    const ready = async () => {
      const response = await fetch(`${String(gateway?.url)}/health/ready`);
      return [response.status, await response.json()];
    };
    const closed = { read: 'closed', write: 'closed' };
    expect(await ready()).toEqual([
      200,
      {
        status: 'ready',
        revision: 'first',
        vendors: { hubspot: closed, stripe: closed, google: closed },
      },
    ]);
    gateway.sandbox.stripe.fault = '500';
    for (let time = 0; time < 10; time += 1) await gateway.query(QUERY);
    expect(await ready()).toEqual([
      200,
      {
        status: 'degraded',
        revision: 'first',
        vendors: {
          hubspot: closed,
          stripe: { read: expect.stringMatching(/open/), write: 'closed' },
          google: closed,
        },
      },
    ]);
    expect(gateway.log.join('')).toContain(
      '"vendor":"stripe","calls":"read","msg":"circuit breaker open: the vendor is not called"',
    );
  });
});

describe.each(['embedded', 'distributed'] as const)('METRICS_PORT, %s', (mode) => {
  it('serves health and metrics on a port of their own, and the graph without them', async () => {
    gateway = await startTestGateway({ mode, environment: { METRICS_PORT: '0' } });
    expect((await gateway.query(QUERY)).status).toBe(200);
    const statuses = (urls: readonly string[], path: string) =>
      Promise.all(urls.map(async (url) => (await fetch(url + path)).status));
    const { urls, metricsUrls } = gateway;
    const count = mode === 'embedded' ? 1 : 4;
    for (const path of ['/metrics', '/health/live', '/health/ready']) {
      expect([path, ...(await statuses(urls, path))]).toEqual([path, ...Array(count).fill(404)]);
      expect([path, ...(await statuses(metricsUrls, path))]).toEqual([
        path,
        ...Array(count).fill(200),
      ]);
    }
    expect(await statuses(metricsUrls, '/graphql?query={__typename}')).toEqual(
      Array(count).fill(404),
    );
    const [metrics = new Map<string, number>()] = await Promise.all(metricsUrls.map(readMetrics));
    expect(samplesOf(metrics, 'tributary_operation_duration_seconds_count')).toEqual({
      '{operation="Payers",type="query",outcome="complete"}': 1,
    });
  });
});
