import { describe, expect, it } from '@jest/globals';
import { createMonitoring } from '../../monitoring/monitoring.ts';
import { parseMetrics, samplesOf } from './read-metrics.ts';

const CALL = {
  service: 'payments',
  vendor: 'stripe',
  method: 'GET',
  path: '/v1/customers/{id}',
  status: 200,
  startMs: 1,
  ms: 30,
  batchSize: null,
} as const;

const monitor = (vendors = ['stripe']) => {
  const monitoring = createMonitoring({ vendors });
  const samples = async (name: string) =>
    samplesOf(parseMetrics(await monitoring.exposition()), name);
  return { ...monitoring, samples };
};

describe('metrics', () => {
  it('label vendor calls by vendor, method, path template and class of status', async () => {
    const { upstream, samples } = monitor();
    for (const status of [200, 204, 404, 503, null]) upstream.called({ ...CALL, status });
    const labels = (status: string) =>
      `{vendor="stripe",method="GET",path="/v1/customers/{id}",status="${status}"}`;
    expect(await samples('tributary_upstream_call_duration_seconds_count')).toEqual({
      [labels('2xx')]: 2,
      [labels('4xx')]: 1,
      [labels('5xx')]: 1,
      [labels('none')]: 1,
    });
    expect((await samples('tributary_upstream_call_duration_seconds_sum'))[labels('4xx')]).toBe(
      0.03,
    );
  });

  it('count retries, waiting times and cache lookups', async () => {
    const { upstream, samples } = monitor();
    upstream.retried('stripe');
    upstream.waited('stripe', 250);
    for (const found of ['hit', 'hit', 'miss', 'stale'] as const)
      upstream.cacheLookup('stripe', found);
    expect(await samples('tributary_upstream_retries_total')).toEqual({ '{vendor="stripe"}': 1 });
    expect(await samples('tributary_upstream_limit_wait_seconds_sum')).toEqual({
      '{vendor="stripe"}': 0.25,
    });
    expect(await samples('tributary_upstream_cache_lookups_total')).toEqual({
      '{vendor="stripe",result="hit"}': 2,
      '{vendor="stripe",result="miss"}': 1,
      '{vendor="stripe",result="stale"}': 1,
    });
  });

  it('count what mappings of connectors could not do by source and kind', async () => {
    const { upstream, samples } = monitor();
    const problem = {
      service: 'erp',
      vendor: 'erp',
      connector: 'Query.orders',
      mapping: 'selection',
      kind: 'no_match',
      line: 1,
      column: 5,
      path: 'orders.status',
      count: 2,
    };
    upstream.mappingFailed(problem);
    upstream.mappingFailed({ ...problem, kind: 'missing_property', count: 1 });
    expect(await samples('tributary_connector_mapping_problems_total')).toEqual({
      '{vendor="erp",kind="no_match"}': 2,
      '{vendor="erp",kind="missing_property"}': 1,
    });
  });

  it('have 1 for the state that a breaker is in, from the beginning, and 0 for the others', async () => {
    const { upstream, samples } = monitor();
    const state = async (calls: string) =>
      Object.entries(await samples('tributary_upstream_breaker_state'))
        .filter(([labels]) => labels.includes(`vendor="stripe",calls="${calls}"`))
        .map(([labels, value]) => [/state="([\w-]+)"/.exec(labels)?.[1], value]);
    expect(Object.fromEntries(await state('read'))).toEqual({ closed: 1, 'half-open': 0, open: 0 });
    upstream.breakerChanged('stripe', 'read', 'open');
    expect(Object.fromEntries(await state('read'))).toEqual({ closed: 0, 'half-open': 0, open: 1 });
    expect(Object.fromEntries(await state('write'))).toEqual({
      closed: 1,
      'half-open': 0,
      open: 0,
    });
  });

  it('have no value for Redis until it is configured', async () => {
    const { upstream, samples } = monitor();
    expect(await samples('tributary_shared_state_up')).toEqual({});
    upstream.sharedStateChanged(true);
    expect(await samples('tributary_shared_state_up')).toEqual({ '': 1 });
    upstream.sharedStateChanged(false);
    expect(await samples('tributary_shared_state_up')).toEqual({ '': 0 });
  });

  it('have the names of a hundred operations at most', async () => {
    const { answered, samples } = monitor();
    const operation = { type: 'query', outcome: 'complete', errors: [] } as const;
    answered({ ...operation, name: 'x'.repeat(65) }, 1);
    answered({ ...operation, name: undefined }, 1);
    for (let number = 0; number < 1000; number += 1)
      answered({ ...operation, name: `Operation${String(number)}` }, 1);
    answered({ ...operation, name: 'Operation0' }, 1);
    const counts = await samples('tributary_operation_duration_seconds_count');
    const count = (name: string) => counts[`{operation="${name}",type="query",outcome="complete"}`];
    expect(Object.keys(counts)).toHaveLength(102);
    expect([count('Operation0'), count('Operation99'), count('anonymous'), count('other')]).toEqual(
      [2, 1, 1, 901],
    );
  });

  it('have no name of a refused operation', async () => {
    const { answered, samples } = monitor();
    answered(
      {
        name: undefined,
        type: undefined,
        outcome: 'refused',
        errors: [{ code: 'GRAPHQL_PARSE_FAILED' }],
      },
      1,
    );
    expect(Object.keys(await samples('tributary_operation_duration_seconds_count'))).toEqual([
      '{operation="unknown",type="unknown",outcome="refused"}',
    ]);
    expect(await samples('tributary_operation_errors_total')).toEqual({
      '{code="GRAPHQL_PARSE_FAILED",service="none"}': 1,
    });
  });

  it('include those of the process', async () => {
    const { samples } = monitor();
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect([name, Object.values(await samples(name))]).toEqual([name, [expect.any(Number)]]);
  });
});

describe('health', () => {
  it('is degraded as long as a vendor is not called', () => {
    const { upstream, health } = monitor(['hubspot', 'stripe']);
    const closed = { read: 'closed', write: 'closed' };
    expect(health()).toEqual({ status: 'ready', vendors: { hubspot: closed, stripe: closed } });
    upstream.breakerChanged('stripe', 'write', 'open');
    expect(health()).toEqual({
      status: 'degraded',
      vendors: { hubspot: closed, stripe: { read: 'closed', write: 'open' } },
    });
    upstream.breakerChanged('stripe', 'write', 'closed');
    expect(health().status).toBe('ready');
  });

  it('of a vendor with several APIs is that of the worst of them', () => {
    const { upstream, health } = monitor(['google']);
    upstream.breakerChanged('google', 'read', 'open', 'routes');
    upstream.breakerChanged('google', 'read', 'half-open', 'places');
    upstream.breakerChanged('google', 'read', 'closed', 'geocoding');
    expect(health().vendors).toEqual({ google: { read: 'open', write: 'closed' } });
    upstream.breakerChanged('google', 'read', 'closed', 'routes');
    expect(health().vendors).toEqual({ google: { read: 'half-open', write: 'closed' } });
  });
});

describe('the log', () => {
  it('has a line for each change that an operator may have to act on', () => {
    const { upstream, logTo } = monitor();
    const lines: unknown[] = [];
    const take = (level: string) => (fields: object, message: string) =>
      void lines.push([level, fields, message]);
    logTo({ info: take('info'), warn: take('warn') });
    for (const state of ['open', 'half-open', 'closed'] as const)
      upstream.breakerChanged('stripe', 'read', state);
    upstream.sharedStateChanged(false);
    upstream.sharedStateChanged(true);
    const stripe = { vendor: 'stripe', calls: 'read' };
    expect(lines).toEqual([
      ['warn', stripe, 'circuit breaker open: the vendor is not called'],
      ['info', stripe, 'circuit breaker half-open: one call tests the vendor'],
      ['warn', stripe, 'circuit breaker closed: the vendor is called again'],
      ['warn', {}, 'Redis is disconnected: this instance uses its own state'],
      ['warn', {}, 'Redis is connected'],
    ]);
  });

  it('has the state of Redis from before there was a logger', () => {
    const { upstream, logTo } = monitor();
    const lines: string[] = [];
    upstream.sharedStateChanged(true);
    upstream.sharedStateChanged(false);
    logTo({
      info: () => undefined,
      warn: (_fields: object, message: string) => void lines.push(message),
    });
    expect(lines).toEqual(['Redis is disconnected: this instance uses its own state']);
  });
});
