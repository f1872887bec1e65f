import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseFaults, type Fault } from '../../sandbox/faults.ts';
import { startSandbox, VENDORS, type Sandbox } from '../../sandbox/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => {
  for (const vendor of VENDORS) Object.assign(sandbox[vendor], { fault: null, latencyMs: 0 });
});
afterAll(() => sandbox.close());

const ask = (signal?: AbortSignal) =>
  fetch(`${sandbox.hubspot.baseUrl}/crm/v3/owners`, {
    headers: { authorization: 'Bearer x' },
    ...(signal && { signal }),
  });

describe('a fault', () => {
  it.each<[Fault, (response: Response) => Promise<unknown>]>([
    ['garbage', (response) => expect(response.json()).rejects.toThrow('is not valid JSON')],
    ['wrong-json', (response) => expect(response.json()).resolves.not.toHaveProperty('results')],
    ['truncate', (response) => expect(response.text()).rejects.toThrow()],
  ])('%s has status 200 and an invalid body', async (fault, expectBody) => {
    sandbox.hubspot.fault = fault;
    const response = await ask();
    expect(response.status).toBe(200);
    await expectBody(response);
  });

  it.each(VENDORS.flatMap((vendor) => [[vendor, '500'] as const, [vendor, '429'] as const]))(
    'makes %s fail with %s in the form of the vendor',
    async (vendor, status) => {
      sandbox[vendor].fault = status;
      const response = await fetch(sandbox[vendor].baseUrl);
      expect(response.status).toBe(Number(status));
      const key = { hubspot: 'correlationId', stripe: 'error', google: 'error' }[vendor];
      expect(await response.json()).toHaveProperty(key);
    },
  );

  it.each(['502', '503', '504'] as const)('%s returns the error page of a proxy', async (fault) => {
    sandbox.hubspot.fault = fault;
    const response = await ask();
    expect(response.status).toBe(Number(fault));
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toMatch(/^<html>/);
    expect(sandbox.hubspot.requests.at(-1)).toMatchObject({ status: Number(fault) });
  });

  it.each(VENDORS)(
    '429-retry-after has a Retry-After for the clients of %s, which 429 does not have',
    async (vendor) => {
      const retryAfter = async (fault: Fault) => {
        sandbox[vendor].fault = fault;
        const { status, headers } = await fetch(sandbox[vendor].baseUrl);
        return [status, headers.get('retry-after')];
      };
      expect(await retryAfter('429-retry-after')).toEqual([429, '1']);
      expect(await retryAfter('429')).toEqual([429, null]);
    },
  );

  it('content-type labels the correct response as plain text', async () => {
    sandbox.hubspot.fault = 'content-type';
    const response = await ask();
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.json()).toHaveProperty('results');
  });

  it('reset breaks the connection', async () => {
    sandbox.hubspot.fault = 'reset';
    await expect(ask()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('hang never responds, and the request stays open', async () => {
    sandbox.hubspot.fault = 'hang';
    await expect(ask(AbortSignal.timeout(200))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(sandbox.hubspot.requests.at(-1)).toMatchObject({
      path: '/crm/v3/owners',
      endedAt: null,
    });
  });

  it('drip exceeds any deadline, and ends with the connection', async () => {
    sandbox.hubspot.fault = 'drip';
    const response = await ask(AbortSignal.timeout(700));
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('drip leaves no timer behind when its sandbox vendor is stopped', async () => {
    sandbox.hubspot.fault = 'drip';
    const response = await ask();
    const before = process
      .getActiveResourcesInfo()
      .filter((resource) => resource === 'Timeout').length;
    await sandbox.hubspot.stop();
    await expect(response.text()).rejects.toThrow();
    expect(
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length,
    ).toBeLessThan(before);
    await sandbox.hubspot.start();
  });

  it('with a probability affects about that share of the requests', async () => {
    sandbox.hubspot.fault = '500:0.3';
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => (await ask()).status),
    );
    const failed = statuses.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(15);
    expect(failed).toBeLessThan(45);
  });

  it('with a count affects that number of requests, and again when it is set again', async () => {
    const statuses = async () => [(await ask()).status, (await ask()).status, (await ask()).status];
    sandbox.hubspot.fault = '503:x2';
    expect(await statuses()).toEqual([503, 503, 200]);
    sandbox.hubspot.fault = '503:x1';
    expect(await statuses()).toEqual([503, 200, 200]);
  });

  it('affects one vendor only', async () => {
    sandbox.stripe.fault = 'reset';
    expect((await ask()).status).toBe(200);
  });
});

/** Creates a customer; its answer is not of interest. */
const write = (key: string, body = 'name=Anyone') =>
  fetch(`${sandbox.stripe.baseUrl}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox', 'idempotency-key': key },
    body,
  });

describe('a fault of writes', () => {
  it('reset-after executes the write without a response, and logs it', async () => {
    sandbox.stripe.fault = 'reset-after';
    await expect(write('lost')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(sandbox.stripe.requests.at(-1)).toMatchObject({ status: null, endedAt: null });
    sandbox.stripe.fault = null;
    expect((await write('lost')).headers.get('idempotent-replayed')).toBe('true');
    expect(sandbox.stripe.writes.filter(({ idempotencyKey }) => idempotencyKey === 'lost')).toEqual(
      [
        {
          method: 'POST',
          path: '/v1/customers',
          template: '/v1/customers',
          idempotencyKey: 'lost',
        },
      ],
    );
  });

  it('reset does not execute the write', async () => {
    sandbox.stripe.fault = 'reset';
    await expect(write('unheard')).rejects.toThrow('fetch failed');
    sandbox.stripe.fault = null;
    expect((await write('unheard')).headers.get('idempotent-replayed')).toBeNull();
  });

  it('can exclude reads', async () => {
    sandbox.stripe.fault = '503:writes';
    const read = await fetch(`${sandbox.stripe.baseUrl}/v1/customers`, {
      headers: { authorization: 'Bearer sk_test_sandbox' },
    });
    expect([read.status, (await write('refused')).status]).toEqual([200, 503]);
  });

  it('is not executed once the sandbox vendor is stopped', async () => {
    sandbox.stripe.latencyMs = 20;
    const lost = expect(write('late')).rejects.toThrow('fetch failed');
    while (sandbox.stripe.requests.at(-1)?.headers['idempotency-key'] !== 'late')
      await new Promise((resolve) => setTimeout(resolve, 1));
    await sandbox.stripe.stop();
    await lost;
    await new Promise((resolve) => setTimeout(resolve, 40));
    await sandbox.stripe.start();
    expect(sandbox.stripe.writes.filter(({ idempotencyKey }) => idempotencyKey === 'late')).toEqual(
      [],
    );
  });
});

describe('a sandbox vendor', () => {
  it('refuses connections while it is stopped, and restarts on the same port', async () => {
    await sandbox.hubspot.stop();
    await expect(ask()).rejects.toThrow('fetch failed');
    await sandbox.hubspot.start();
    expect((await ask()).status).toBe(200);
  });

  it('listens on the configured port, and leaves nothing running if the port is in use', async () => {
    const port = Number(new URL(sandbox.stripe.baseUrl).port);
    await expect(
      startSandbox({ vendors: ['hubspot', 'google'], ports: { google: port } }),
    ).rejects.toThrow('EADDRINUSE');
    const free = await startSandbox({ vendors: ['google'] });
    await free.close();
    const again = await startSandbox({
      vendors: ['google'],
      ports: { google: Number(new URL(free.google.baseUrl).port) },
    });
    expect(again.google.baseUrl).toBe(free.google.baseUrl);
    await again.close();
  });

  it('refuses calls above its rate limit if that is enabled, which its log shows', async () => {
    const { hubspot } = await startSandbox({ vendors: ['hubspot'], limits: true });
    const headers = { authorization: 'Bearer x' };
    await Promise.all(
      Array.from({ length: 103 }, async () =>
        (await fetch(`${hubspot.baseUrl}/crm/v3/owners`, { headers })).text(),
      ),
    );
    expect(hubspot.requests.filter(({ status }) => status === 429)).toHaveLength(3);
    hubspot.limits = false;
    expect((await fetch(`${hubspot.baseUrl}/crm/v3/owners`, { headers })).status).toBe(200);
    await hubspot.stop();
  });

  it('delays responses by the configured latency', async () => {
    sandbox.hubspot.latencyMs = 40;
    await (await ask()).text();
    const { startedAt, endedAt } = sandbox.hubspot.requests.at(-1) ?? { startedAt: 0, endedAt: 0 };
    expect((endedAt ?? 0) - startedAt).toBeGreaterThanOrEqual(39);
  });

  it('keeps a log of requests without their credentials', async () => {
    await fetch(`${sandbox.google.baseUrl}/maps/api/geocode/json?address=Paris&key=secret-key`);
    expect(sandbox.google.requests.at(-1)).toMatchObject({
      method: 'GET',
      path: '/maps/api/geocode/json',
      query: { address: 'Paris' },
    });
    await ask();
    const log = JSON.stringify([sandbox.google.requests, sandbox.hubspot.requests]);
    expect(log).not.toContain('secret-key');
    expect(log).not.toContain('Bearer');
  });

  it('survives malformed requests', async () => {
    const response = await fetch(`${sandbox.hubspot.baseUrl}/crm/v3/%E0%A4%A`, {
      headers: { authorization: 'Bearer x' },
    });
    expect(response.status).toBe(500);
    expect((await ask()).status).toBe(200);
  });
});

describe('the text of faults', () => {
  it('names vendors and faults', () => {
    expect(parseFaults('stripe=hang, google=500:0.1', VENDORS)).toEqual({
      stripe: 'hang',
      google: '500:0.1',
    });
    expect(parseFaults('stripe=reset-after:writes:0.5:x2', VENDORS)).toEqual({
      stripe: 'reset-after:writes:0.5:x2',
    });
    expect(parseFaults('', VENDORS)).toEqual({});
  });

  it.each([
    [
      'paypal=hang',
      'Faults name one of hubspot, stripe, google before "=", but got "paypal=hang".',
    ],
    [
      'stripe',
      'A fault is one of hang, garbage, wrong-json, content-type, 500, 502, 503, 504, 429, 429-retry-after, reset, reset-after, truncate, drip, but got "".',
    ],
    [
      'stripe=explode',
      'A fault is one of hang, garbage, wrong-json, content-type, 500, 502, 503, 504, 429, 429-retry-after, reset, reset-after, truncate, drip, but got "explode".',
    ],
    [
      'stripe=hang:reads',
      'A fault\'s probability is from 0 to 1, as in "hang:0.1", but got "hang:reads".',
    ],
    ['stripe=hang:2', 'A fault\'s probability is from 0 to 1, as in "hang:0.1", but got "hang:2".'],
  ])('%s is refused', (text, message) => {
    expect(() => parseFaults(text, VENDORS)).toThrow(message);
  });
});
