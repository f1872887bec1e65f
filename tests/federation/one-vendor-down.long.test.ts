import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox, type Vendor } from '../../sandbox/sandbox.ts';
import { codesAndPaths, startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const QUERY = `{
  customers(first: 2) {
    nodes { name company { name } payments(first: 2) { nodes { amount { amount currency } } } address { formatted place { id } } }
  }
  payments(first: 2) { nodes { id status } }
  geocode(address: "Champ de Mars, Paris, France") { id }
}`;

/** What each vendor's failure takes away, and nothing else. */
const LOST: Readonly<Record<Vendor, readonly string[]>> = {
  hubspot: ['customers'],
  stripe: ['customers.nodes.0.payments', 'customers.nodes.1.payments', 'payments'],
  google: ['customers.nodes.0.address.place', 'customers.nodes.1.address.place', 'geocode'],
};

const FAILURES = [
  [
    'is stopped',
    'UPSTREAM_UNAVAILABLE',
    (sandbox: Sandbox, vendor: Vendor) => sandbox[vendor].stop(),
  ],
  ['hangs', 'UPSTREAM_TIMEOUT', fault('hang')],
  ['answers garbage', 'UPSTREAM_CONTRACT', fault('garbage')],
  ['answers JSON of another shape', 'UPSTREAM_CONTRACT', fault('wrong-json')],
  ['breaks the connection', 'UPSTREAM_UNAVAILABLE', fault('reset')],
  ['breaks it once it has done what was asked', 'UPSTREAM_UNAVAILABLE', fault('reset-after')],
  ['breaks it halfway', 'UPSTREAM_UNAVAILABLE', fault('truncate')],
  ['sends a byte now and then', 'UPSTREAM_TIMEOUT', fault('drip')],
  ['fails', 'UPSTREAM_UNAVAILABLE', fault('500')],
  ['is behind a gateway that fails', 'UPSTREAM_UNAVAILABLE', fault('502')],
  ['is being maintained', 'UPSTREAM_UNAVAILABLE', fault('503')],
  ['is behind a gateway that does not wait', 'UPSTREAM_UNAVAILABLE', fault('504')],
  ['refuses more calls', 'UPSTREAM_RATE_LIMITED', fault('429')],
  ['refuses more calls for a while', 'UPSTREAM_RATE_LIMITED', fault('429-retry-after')],
] as const;

function fault(kind: NonNullable<Sandbox['stripe']['fault']>) {
  return (sandbox: Sandbox, vendor: Vendor) => {
    sandbox[vendor].fault = kind;
    return Promise.resolve();
  };
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

describe.each(['embedded', 'distributed'] as const)('%s', (mode) => {
  let gateway: TestGateway;
  let whole: unknown;
  beforeAll(async () => {
    gateway = await startTestGateway({
      mode,
      sandbox,
      environment: { REQUEST_TIMEOUT_MS: '4000' },
    });
    const healthy = await gateway.query(QUERY);
    expect(healthy.errors).toBeUndefined();
    whole = healthy.data;
  });
  afterAll(() => gateway.close());

  describe.each(['hubspot', 'stripe', 'google'] as const)('%s', (vendor) => {
    afterEach(async () => {
      sandbox[vendor].fault = null;
      await sandbox[vendor].start();
    });

    it.each(FAILURES)(
      '%s: its fields have %s, the other data is complete, and its data returns when it is back',
      async (_what, code, fail) => {
        await fail(sandbox, vendor);
        const { data, errors } = await gateway.query(QUERY);
        expect(codesAndPaths(errors)).toEqual(LOST[vendor].map((path) => `${code} ${path}`).sort());
        expect(data).toEqual(without(whole, LOST[vendor]));
        const output = [JSON.stringify(errors), ...gateway.log].join('\n');
        for (const secret of Object.values(sandbox.environment))
          expect(output).not.toContain(secret);

        sandbox[vendor].fault = null;
        await sandbox[vendor].start();
        expect(await untilWhole(gateway)).toEqual(whole);
      },
    );

    it('labels its JSON with another content type: it is read nevertheless', async () => {
      await fault('content-type')(sandbox, vendor);
      expect((await gateway.query(QUERY)).data).toEqual(whole);
    });
  });

  it.each([
    ['stripe', 'has no address', 'STRIPE_BASE_URL', (): string => 'http://vendor.invalid'],
    [
      'stripe',
      'speaks no TLS',
      'STRIPE_BASE_URL',
      (): string => sandbox.stripe.baseUrl.replace('http:', 'https:'),
    ],
    [
      'hubspot',
      'speaks no TLS',
      'HUBSPOT_BASE_URL',
      (): string => sandbox.hubspot.baseUrl.replace('http:', 'https:'),
    ],
  ] as const)('%s %s: the other data is complete', async (vendor, _what, variable, url) => {
    const other = await startTestGateway({
      mode,
      sandbox,
      environment: { REQUEST_TIMEOUT_MS: '4000', [variable]: url() },
    });
    const { data, errors } = await other.query(QUERY);
    await other.close();
    expect(codesAndPaths(errors)).toEqual(
      LOST[vendor].map((path) => `UPSTREAM_UNAVAILABLE ${path}`).sort(),
    );
    expect(data).toEqual(without(whole, LOST[vendor]));
  });
});

/** A vendor that is back is found so by the next call, or where many had failed by the next probe. */
async function untilWhole(gateway: TestGateway): Promise<unknown> {
  for (;;) {
    const { data, errors } = await gateway.query(QUERY);
    if (errors === undefined) return data;
    const codes = codesAndPaths(errors).map((error) => error.split(' ')[0]);
    expect(
      codes.filter((code) => code !== 'UPSTREAM_UNAVAILABLE' && code !== 'UPSTREAM_RATE_LIMITED'),
    ).toEqual([]);
  }
}

/** The answer with null at some places. */
function without(data: unknown, paths: readonly string[]): unknown {
  const copy = structuredClone(data) as Record<string, unknown>;
  for (const path of paths) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce((object, name) => object[name] as Record<string, unknown>, copy);
    parent[last] = null;
  }
  return copy;
}
