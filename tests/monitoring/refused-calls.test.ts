import { afterEach, describe, expect, it } from '@jest/globals';
import { RefusalLog } from '../../monitoring/refusal-log.ts';
import { withNamesOnly } from '../../upstream/vendor-refusal.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const UUID = expect.stringMatching(/^[\da-f-]{36}$/);

let gateway: TestGateway | undefined;
afterEach(() => gateway?.close());

/** @returns the log lines of refusals */
async function refusalsOf(query: string, environment: Record<string, string>) {
  gateway = await startTestGateway({ environment });
  await gateway.query(query, {}, { 'x-request-id': 'asked-by-a-test' });
  return gateway.log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === MESSAGE)
    .map((line): Record<string, unknown> => ({ ...line, time: undefined }));
}

const MESSAGE = 'a vendor refused a call';

describe('the log line of a refused vendor call', () => {
  it('names the HubSpot scope that the call needs, what HubSpot names, and the correlation id', async () => {
    const lines = await refusalsOf('{ deals(first: 1) { nodes { title } } }', {
      HUBSPOT_ACCESS_TOKEN: 'pat-without-crm.objects.deals.read',
    });
    expect(lines).toEqual([
      {
        level: 40,
        msg: MESSAGE,
        requestId: 'asked-by-a-test',
        service: 'crm',
        vendor: 'hubspot',
        method: 'GET',
        path: '/crm/objects/2026-09/deals',
        status: 403,
        code: 'UPSTREAM_AUTH',
        category: 'MISSING_SCOPES',
        needs: ['crm.objects.deals.read'],
        missing: expect.arrayContaining(['crm.objects.contacts.read']),
        correlationId: UUID,
      },
    ]);
    expect(lines[0]?.['missing']).toHaveLength(10);
  });

  it('says that a Stripe key was revoked, and nothing of the key', async () => {
    const lines = await refusalsOf('{ billingAccount(id: "cus_1") { name } }', {
      STRIPE_SECRET_KEY: 'rk_test_revoked51planted',
    });
    expect(lines.at(-1)).toMatchObject({
      level: 40,
      vendor: 'stripe',
      path: '/v1/customers/{id}',
      status: 401,
      category: 'api_key_expired',
    });
    expect(gateway?.log.join()).not.toMatch(/rk_test|nted\b/);
  });

  it('names the permission that a restricted Stripe key lacks', async () => {
    const lines = await refusalsOf('{ billingAccount(id: "cus_1") { name } }', {
      STRIPE_SECRET_KEY: 'rk_test_without_customer_read_51planted',
    });
    expect(lines.at(-1)).toMatchObject({
      status: 403,
      category: 'invalid_request_error',
      needs: ['Customers: Read'],
      missing: ['rak_customer_read'],
      correlationId: expect.stringMatching(/^req_\w+$/),
    });
    expect(gateway?.log.join()).not.toMatch(/acct_|rk_test/);
  });

  it('names the API that a Google key may not call, of the older and the newer services', async () => {
    const lines = await refusalsOf(
      `{
        geocode(address: "1 Main Street") { formattedAddress }
        route(from: { location: { latitude: 48.8, longitude: 2.3 } }, to: { location: { latitude: 48.9, longitude: 2.3 } }) { distance }
      }`,
      { GOOGLE_MAPS_API_KEY: 'AIza-without-geocode-without-routes' },
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          level: 40,
          api: 'geocoding',
          status: 200,
          category: 'REQUEST_DENIED',
          needs: ['Geocoding API'],
        }),
        expect.objectContaining({
          level: 40,
          api: 'routes',
          status: 403,
          category: 'API_KEY_SERVICE_BLOCKED',
          needs: ['Routes API'],
        }),
      ]),
    );
  });

  it('has no line for a record that does not exist', async () => {
    expect(
      await refusalsOf(
        '{ customer(id: "999999999") { name } billingAccount(id: "cus_none") { name } }',
        {},
      ),
    ).toEqual([]);
  });
});

const REFUSAL = {
  service: 'crm',
  vendor: 'hubspot',
  method: 'GET',
  path: '/crm/v3/owners',
  status: 403,
  code: 'UPSTREAM_AUTH',
} as const;

describe('the log of refusals', () => {
  it('has one line of a kind in a minute, and then how many there were', () => {
    let now = 0;
    const lines: object[] = [];
    const log = new RefusalLog(() => now);
    log.logger = { warn: (line) => void lines.push(line), info: () => undefined };
    for (let time = 0; time < 1000; time += 1) log.refused(REFUSAL);
    log.refused({ ...REFUSAL, category: 'MISSING_SCOPES' });
    now = 60_000;
    log.refused(REFUSAL);
    expect(lines).toEqual([
      REFUSAL,
      { ...REFUSAL, category: 'MISSING_SCOPES' },
      { ...REFUSAL, repeats: 999 },
    ]);
  });

  it('says at a lower level what a client or time can change', () => {
    const lines: object[] = [];
    const log = new RefusalLog();
    log.logger = { info: (line) => void lines.push(line), warn: () => undefined };
    const limited = { ...REFUSAL, status: 429, code: 'UPSTREAM_RATE_LIMITED' } as const;
    log.refused(limited);
    expect(lines).toEqual([limited]);
  });
});

describe("a vendor's words", () => {
  it('are not logged unless they are names', () => {
    expect(
      withNamesOnly({
        category: 'Key sk_live_1 of ann@example.com',
        missing: ['a.scope', 'https://example.com/?key=1', 'a'.repeat(65)],
        correlationId: 'Zoé Lefèvre',
      }),
    ).toEqual({ missing: ['a.scope'] });
  });
});
