import { describe, expect, it } from '@jest/globals';
import { mockHubspot, wireRecord } from './hubspot-mock.ts';
import { HUBSPOT, startCrm, TOKEN } from './start-crm.ts';

const BATCH = '/crm/objects/2026-09/contacts/batch/read';

const hubspot = mockHubspot();
const { ask } = startCrm();

const refusal = (extra: object = {}) => ({
  status: 'error',
  message: 'Secret detail of the vendor',
  correlationId: 'c-1',
  ...extra,
});

describe('a failure response of HubSpot', () => {
  it.each([
    [400, refusal({ category: 'VALIDATION_ERROR' }), {}, 'UPSTREAM_REJECTED', undefined],
    [400, refusal({ category: 'RATE_LIMITS' }), {}, 'UPSTREAM_RATE_LIMITED', undefined],
    [401, refusal({ category: 'INVALID_AUTHENTICATION' }), {}, 'UPSTREAM_AUTH', undefined],
    [401, refusal({ category: 'EXPIRED_AUTHENTICATION' }), {}, 'UPSTREAM_AUTH', undefined],
    [403, refusal({ category: 'MISSING_SCOPES' }), {}, 'UPSTREAM_AUTH', undefined],
    [423, refusal(), {}, 'UPSTREAM_UNAVAILABLE', undefined],
    [
      429,
      refusal({ errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' }),
      {},
      'UPSTREAM_RATE_LIMITED',
      10,
    ],
    [
      429,
      refusal({ errorType: 'RATE_LIMIT', policyName: 'SECONDLY' }),
      {},
      'UPSTREAM_RATE_LIMITED',
      1,
    ],
    [
      429,
      refusal({ errorType: 'RATE_LIMIT', policyName: 'DAILY' }),
      {},
      'UPSTREAM_RATE_LIMITED',
      900,
    ],
    [429, refusal({ policyName: 'SECONDLY' }), { 'retry-after': '7' }, 'UPSTREAM_RATE_LIMITED', 7],
    [429, 'no JSON', {}, 'UPSTREAM_RATE_LIMITED', undefined],
    [477, refusal(), { 'retry-after': '60' }, 'UPSTREAM_UNAVAILABLE', 60],
    [404, '<html>Not found</html>', {}, 'UPSTREAM_REJECTED', undefined],
    [500, refusal(), {}, 'UPSTREAM_UNAVAILABLE', undefined],
    [502, '<html>Bad gateway</html>', {}, 'UPSTREAM_UNAVAILABLE', undefined],
    [200, '<html>Hello</html>', {}, 'UPSTREAM_CONTRACT', undefined],
    [200, { results: [{ id: 1 }] }, {}, 'UPSTREAM_CONTRACT', undefined],
    [
      200,
      { results: [{ ...wireRecord(1), createdAt: 'yesterday' }] },
      {},
      'UPSTREAM_CONTRACT',
      undefined,
    ],
  ])('has a code: %d %j', async (status, body, headers, code, retryAfter) => {
    hubspot.on('POST', BATCH, () => ({ status, headers, body }));
    const { data, errors } = await ask('{ customer(id: "1") { id } }');
    expect(data).toEqual({ customer: null });
    expect(errors).toMatchObject([
      { code, path: 'customer', ...(retryAfter !== undefined && { retryAfter }) },
    ]);
    if (retryAfter === undefined) expect(errors[0]).not.toHaveProperty('retryAfter');
    expect(JSON.stringify(errors)).not.toMatch(
      new RegExp(`Secret|${TOKEN}|${HUBSPOT}|hubspot`, 'i'),
    );
  });

  it('for an exhausted daily limit is not retried, and pauses later calls', async () => {
    const limited = startCrm({ UPSTREAM_MAX_TRIES: '3', HUBSPOT_RATE_LIMIT: '100/10s' });
    hubspot.on('POST', BATCH, () => ({
      status: 429,
      body: refusal({ errorType: 'RATE_LIMIT', policyName: 'DAILY' }),
    }));
    const { errors } = await limited.ask('{ customer(id: "1") { id } }');
    expect(errors).toMatchObject([{ code: 'UPSTREAM_RATE_LIMITED', retryAfter: 900 }]);
    const next = await limited.ask('{ customer(id: "2") { id } }');
    expect(next.errors).toMatchObject([{ code: 'UPSTREAM_RATE_LIMITED' }]);
    expect(Number(next.errors[0]?.['retryAfter'])).toBeGreaterThan(800);
    expect(hubspot.asked()).toHaveLength(1);
  });

  it('of a batch becomes the error of each of its fields', async () => {
    hubspot.on('POST', BATCH, () => ({ status: 500, body: refusal() }));
    const { errors } = await ask('{ a: customer(id: "1") { id } b: customer(id: "2") { id } }');
    expect(errors.map(({ code, path }) => [code, path])).toEqual([
      ['UPSTREAM_UNAVAILABLE', 'a'],
      ['UPSTREAM_UNAVAILABLE', 'b'],
    ]);
  });
});

describe('the trace', () => {
  it('names vendor and path template of each call, no values', async () => {
    hubspot.on('POST', BATCH, { results: [] });
    const { calls } = await ask('{ customer(id: "12345") { id } }');
    expect(calls).toMatchObject([
      { service: 'crm', vendor: 'hubspot', method: 'POST', path: BATCH, status: 200, batchSize: 1 },
    ]);
  });
});
