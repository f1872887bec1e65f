import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runDoctor } from '../../bin/doctor.ts';
import { readSdl } from '../subgraphs/open-subgraph.ts';
import { parseSettings } from '../../settings/settings.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { stripeSettings } from '../../subgraphs/payments/providers/stripe/stripe-config.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

async function doctor(environment: Record<string, string>, args: readonly string[] = []) {
  const written: string[] = [];
  const told: string[] = [];
  const output = {
    write: (line: string) => void written.push(line),
    report: (line: string) => void told.push(line),
  };
  const code = await runDoctor(args, { ...sandbox.environment, ...environment }, output, readSdl);
  return { code, written, told };
}

describe('tributary doctor', () => {
  it('says which data feeds are those of the sandbox, and why', async () => {
    const GRAPH = 'examples/connectors/weather/graph.yaml';
    const sandboxed = await doctor({ GRAPH });
    expect(sandboxed.written).toContainEqual(
      expect.stringMatching(/^nws +not tried: FEEDS_CONTACT is not set$/),
    );
    expect(sandboxed.code).toBe(0);
    const live = await doctor({ GRAPH, FEEDS_CONTACT: 'ops@example.com' });
    expect(live.written.join()).not.toContain('FEEDS_CONTACT');
  });

  it('finds nothing to change where each credential has each permission', async () => {
    const { code, written } = await doctor({});
    expect(written.at(-1)).toBe('Nothing to change.');
    expect(code).toBe(0);
  });

  it('names one remedy each for a missing HubSpot scope, a revoked Stripe key and a Google key without Routes', async () => {
    const { code, written } = await doctor({
      HUBSPOT_ACCESS_TOKEN: 'pat-without-crm.objects.deals.read',
      STRIPE_SECRET_KEY: 'rk_test_revoked51doctor',
      GOOGLE_MAPS_API_KEY: 'AIza-without-routes',
    });
    expect(code).toBe(1);
    expect(written.slice(written.indexOf('') + 1)).toEqual([
      '1. Add the scope crm.objects.deals.read to the app or service key of HUBSPOT_ACCESS_TOKEN.',
      '2. Set STRIPE_SECRET_KEY to a valid key: Stripe does not accept this one. It was revoked, has expired, or is not complete.',
      '3. Enable the Routes API in the Google Cloud project, with billing, and allow it in the API restrictions of the key of GOOGLE_MAPS_API_KEY.',
    ]);
    expect(written).toContainEqual(
      expect.stringMatching(/^hubspot +read deals +crm\.objects\.deals\.read +refused$/),
    );
    expect(written.join()).not.toMatch(/pat-|rk_|AIza/);
  });

  it('names the permission that a restricted Stripe key lacks for mutations', async () => {
    const { written } = await doctor({
      STRIPE_SECRET_KEY: 'rk_test_without_customer_write_51doctor',
    });
    expect(written.at(-1)).toBe(
      '1. Give the restricted key of STRIPE_SECRET_KEY the permission "Customers: Write", if clients use mutations.',
    );
  });

  it('changes nothing at a vendor, and makes no call that Google charges for unless --paid is given', async () => {
    await doctor({});
    const paidCalls = () => sandbox.google.requests.filter(({ query }) => 'address' in query);
    expect([...sandbox.hubspot.writes, ...sandbox.stripe.writes]).toEqual([]);
    expect(paidCalls()).toEqual([]);
    await doctor({}, ['--paid']);
    expect(paidCalls()).toHaveLength(1);
  });

  it('says which vendor does not respond', async () => {
    const { written } = await doctor({ STRIPE_BASE_URL: 'http://127.0.0.1:9' });
    expect(written.at(-1)).toBe(
      '1. Let this server connect to 127.0.0.1:9: check the network, the proxy and the base URL.',
    );
  });
});

it('a publishable Stripe key is refused at start', () => {
  const problems: string[] = [];
  expect(parseSettings(stripeSettings, { STRIPE_SECRET_KEY: 'pk_live_1' }, problems)).toBe(
    undefined,
  );
  expect(problems).toEqual([
    'STRIPE_SECRET_KEY must be a secret key (sk_...) or a restricted key (rk_...), but is a publishable key (pk_...), which can read nothing.',
  ]);
});
