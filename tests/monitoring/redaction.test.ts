import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { startTraceCollector, type TraceCollector } from './trace-collector.ts';

const PEOPLE = `query People($email: String!, $address: String!) {
  customerByEmail(email: $email) { name email phone }
  geocode(address: $address) { formattedAddress }
  customers(first: 3) { nodes { id name email phone address { formatted place { formattedAddress } } company { name } payments { nodes { id } } } }
}`;
const FAULTS = [null, '500', '429', 'garbage', 'wrong-json', 'reset', 'truncate'] as const;

/** What a client sends, none of which is for anybody but the vendor it is about. */
const VARIABLES = {
  email: 'planted.person@example.com',
  address: '1 Planted Street, Plantedville',
};
const HEADERS = {
  cookie: 'session=planted-cookie',
  'x-forwarded-for': '203.0.113.77',
  'user-agent': 'planted-agent',
  referer: 'https://planted.example/?q=planted-referer',
  'x-request-id': 'planted person@example.com',
  'x-tributary-deadline-ms': 'planted-deadline',
  traceparent: 'planted-trace',
  priority: 'planted-priority',
};

/** An unknown id, which the response must not repeat either. */
const CREDENTIALS = [
  { authorization: 'Bearer planted-token' },
  { authorization: 'planted-token' },
  { 'x-api-key': 'trib_planted' },
];

let collector: TraceCollector;
let environment: NodeJS.ProcessEnv;
let gateway: TestGateway | undefined;
beforeEach(async () => {
  collector = await startTraceCollector();
  environment = { ...process.env };
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url;
});
afterEach(async () => {
  process.env = environment;
  await gateway?.close();
  await collector.close();
});

describe.each(['embedded', 'distributed'] as const)(
  'with the %s gateway, nothing of people and credentials',
  (mode) => {
    it('is in the log, in metrics, in traces or in errors, whatever goes wrong', async () => {
      gateway = await startTestGateway({
        mode,
        environment: { ...process.env, REQUEST_TIMEOUT_MS: '60000' },
      });
      const { sandbox, url, urls, log } = gateway;
      const errors: unknown[] = [];
      const { data } = await gateway.query(PEOPLE, VARIABLES, HEADERS);
      const personal = textsOf(data);
      expect(personal).toContain('Zoé Lefèvre');
      for (const vendor of ['hubspot', 'stripe', 'google'] as const) {
        for (const fault of FAULTS) {
          sandbox[vendor].fault = fault;
          errors.push((await gateway.query(PEOPLE, VARIABLES, HEADERS)).errors);
        }
        sandbox[vendor].fault = null;
      }
      for (const credential of CREDENTIALS)
        errors.push((await gateway.query(PEOPLE, VARIABLES, { ...HEADERS, ...credential })).errors);
      const search = `query=${encodeURIComponent(PEOPLE)}&variables=${encodeURIComponent(JSON.stringify(VARIABLES))}&planted=planted-query`;
      await fetch(`${url}/graphql?${search}`, {
        headers: { 'apollo-require-preflight': '1', ...HEADERS },
      });
      await fetch(`${url}/planted-path?planted-query`, { headers: HEADERS });
      await fetch(`${url}/map/planted-token`, { headers: HEADERS });
      const malformed = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          ...HEADERS,
          'content-type': 'application/json',
          'x-request-timeout-ms': 'planted-timeout',
        },
        body: '{"planted-body',
      });
      errors.push(await malformed.text());
      const metrics = await Promise.all(
        urls.map(async (each) => (await fetch(`${each}/metrics`)).text()),
      );
      await gateway.close();
      gateway = undefined;

      const planted = [
        'planted',
        'Plantedville',
        '203.0.113.77',
        ...Object.values(VARIABLES),
        ...personal,
      ];
      const credentials = ['pat-na1-sandbox', 'sk_test_sandbox', 'AIzaSandbox'];
      // The server prints its address once.
      const lines = log.filter((line) => !line.includes('Server listening')).join('');
      const output = {
        lines,
        errors: JSON.stringify(errors),
        metrics: metrics.join(''),
        traces: collector.bodies.join(''),
      };
      expect(lines).toContain('a vendor failed');
      expect(output.traces).toContain('query People');
      for (const [place, text] of Object.entries(output)) {
        const found = [
          ...planted,
          ...credentials,
          sandbox.environment['HUBSPOT_BASE_URL'] ?? '',
        ].filter((secret) => text.includes(secret));
        expect([place, found]).toEqual([place, []]);
      }
    });
  },
);

/** All texts of a response that are long enough to be personal data. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 4 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
