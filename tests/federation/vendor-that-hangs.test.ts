import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codesAndPaths, startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const QUERY = readFileSync(
  new URL('../../examples/mobile/home-screen.graphql', import.meta.url),
  'utf8',
);

describe.each(['embedded', 'distributed'] as const)('STRIPE_TIMEOUT_MS, %s', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      mode,
      // No test waits for the deadline of the request.
      environment: { STRIPE_TIMEOUT_MS: '1000', REQUEST_TIMEOUT_MS: '600000' },
    });
    gateway.sandbox.stripe.fault = 'hang';
  });
  afterAll(() => gateway.close());

  it('lets the fields of the other vendors arrive when Stripe hangs', async () => {
    const { data, errors } = await gateway.query(QUERY, { first: 2 });
    expect(codesAndPaths(errors)).toEqual([
      'UPSTREAM_TIMEOUT customers.nodes.0.payments',
      'UPSTREAM_TIMEOUT customers.nodes.1.payments',
    ]);
    const customer = {
      name: expect.any(String),
      company: { name: expect.any(String) },
      payments: null,
      address: {
        city: expect.any(String),
        place: { location: { latitude: expect.any(Number), longitude: expect.any(Number) } },
      },
    };
    expect(data).toEqual({ customers: { nodes: [customer, customer] } });
  });
});
