import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { requestsSince, startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

/** With its body read, for a connection is free only then. */
async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The headers that a trusted proxy adds. */
const from = (address: string) => ({ 'x-forwarded-for': address });
const ATTACKER = '192.0.2.66';
const OTHER = '192.0.2.7';

const PER_MINUTE = 120;
/** The burst that a new client is allowed. */
const AT_ONCE = PER_MINUTE / 6;

describe.each(['embedded', 'distributed'] as const)('links to map images, %s', (mode) => {
  let gateway: TestGateway | undefined;
  afterEach(() => gateway?.close());

  const start = async (environment: Record<string, string> = {}) => {
    const limits = { TRUST_PROXY: 'loopback', ADDRESS_REQUESTS_PER_MINUTE: String(PER_MINUTE) };
    gateway = await startTestGateway({ mode, sandbox, environment: { ...limits, ...environment } });
    return gateway;
  };

  /** Links of as many different pictures. */
  const linksOf = async (asked: TestGateway, count: number): Promise<string[]> => {
    const maps = Array.from(
      { length: count },
      (_, index) => `m${String(index)}: map(width: ${String(index + 1)}) { path }`,
    );
    const { data, errors } = await asked.query(
      `{ customers(first: 1) { nodes { address { ${maps.join(' ')} } } } }`,
    );
    expect(errors).toBeUndefined();
    const [{ address }] = (
      data as { customers: { nodes: [{ address: Record<string, { path: string }> }] } }
    ).customers.nodes;
    return Object.values(address).map(({ path }) => path);
  };

  const askFor = async (url: string, path: string, address: string) => {
    const { status, headers, text } = await get(`${url}${path}`, from(address));
    return {
      status,
      retryAfter: headers.get('retry-after'),
      code: status === 200 ? undefined : codeOf(text),
    };
  };
  const codeOf = (text: string) =>
    (JSON.parse(text) as { errors: [{ extensions: { code: string } }] }).errors[0].extensions.code;

  const drawnSince = (since: number) =>
    requestsSince(since, sandbox).filter(({ path }) => path.includes('staticmap')).length;

  it('one link requested 300 times from one address takes one vendor call, and is refused beyond the limit of the address', async () => {
    const started = await start();
    const [link = ''] = await linksOf(started, 1);
    const since = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => askFor(started.url, link, ATTACKER)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(AT_ONCE);
    expect(answers.length - refused.length).toBeLessThan(AT_ONCE + 60);
    expect(
      new Set(refused.map(({ code, retryAfter }) => `${String(code)} ${String(retryAfter)}`)),
    ).toEqual(new Set(['RATE_LIMITED 1']));
    expect(drawnSince(since)).toBe(1);
  });

  it('300 different links from one address take no more vendor calls than the address may ask, and another client is answered', async () => {
    const started = await start();
    const links = await linksOf(started, 300);
    const since = performance.now();
    const answers = await Promise.all(links.map((link) => askFor(started.url, link, ATTACKER)));
    const answered = answers.filter(({ status }) => status === 200).length;
    expect(drawnSince(since)).toBe(answered);
    expect(answered).toBeLessThan(AT_ONCE + 60);
    expect((await askFor(started.url, links.at(-1) ?? '', OTHER)).status).toBe(200);
  });

  it('links that were not written here take no vendor call', async () => {
    const started = await start();
    const [link = ''] = await linksOf(started, 1);
    const since = performance.now();
    const invalid = [`${link}A`, link.slice(0, -1), '/map/x', `/map/${'A'.repeat(4200)}`];
    const answers = await Promise.all(invalid.map((path) => askFor(started.url, path, OTHER)));
    expect(answers.map(({ status, code }) => [status, code])).toEqual(
      invalid.map(() => [404, 'NOT_FOUND']),
    );
    expect(drawnSince(since)).toBe(0);
  });

  it('are refused with Retry-After once their image has used up its vendor calls', async () => {
    const started = await start({
      MAP_CALLS_PER_MINUTE: '2',
      UPSTREAM_MAX_TRIES: '1',
      UPSTREAM_MAX_FAILURES: '0',
    });
    const [link = '', another = ''] = await linksOf(started, 2);
    sandbox.google.fault = '500';
    const since = performance.now();
    const answers = [];
    for (let time = 0; time < 4; time += 1) answers.push(await askFor(started.url, link, OTHER));
    sandbox.google.fault = null;
    expect(answers.map(({ code }) => code)).toEqual([
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_UNAVAILABLE',
      'RATE_LIMITED',
      'RATE_LIMITED',
    ]);
    expect(answers.at(-1)).toMatchObject({
      status: 429,
      retryAfter: expect.stringMatching(/^(30|29)$/),
    });
    expect(drawnSince(since)).toBe(2);
    expect((await askFor(started.url, another, OTHER)).status).toBe(200);
  });
});

describe('the service behind a gateway', () => {
  it('counts direct clients by address, and does not count its gateway', async () => {
    const environment = { TRUST_PROXY: 'loopback', ADDRESS_REQUESTS_PER_MINUTE: '60' };
    const gateway = await startTestGateway({ mode: 'distributed', sandbox, environment });
    try {
      const { data } = await gateway.query(
        '{ customers(first: 1) { nodes { address { map { path } } } } }',
      );
      const { path } = (data as { customers: { nodes: [{ address: { map: { path: string } } }] } })
        .customers.nodes[0].address.map;
      const direct = await Promise.all(
        Array.from({ length: 30 }, () => get(`${gateway.urls[3] ?? ''}${path}`)),
      );
      const answered = direct.filter(({ status }) => status === 200).length;
      expect(answered).toBeGreaterThanOrEqual(10);
      expect(answered).toBeLessThan(30);
      const clients = Array.from({ length: 50 }, (_, index) => from(`198.51.100.${String(index)}`));
      const through = await Promise.all(
        clients.map((headers) => get(`${gateway.url}${path}`, headers)),
      );
      expect(new Set(through.map(({ status }) => status))).toEqual(new Set([200]));
    } finally {
      await gateway.close();
    }
  });
});

describe('a path that needs no credential', () => {
  it.each(['/metrics', '/schema.graphql', '/', '/playground/main.js'])(
    'is refused beyond the limit of an address: %s',
    async (path) => {
      const gateway = await startTestGateway({
        sandbox,
        environment: { TRUST_PROXY: 'loopback', ADDRESS_REQUESTS_PER_MINUTE: '12' },
      });
      try {
        const answers = await Promise.all(
          Array.from({ length: 30 }, () => get(`${gateway.url}${path}`, from(ATTACKER))),
        );
        expect(answers.filter(({ status }) => status === 200).length).toBeLessThan(15);
        expect(
          answers
            .filter(({ status }) => status === 429)
            .every(({ headers }) => headers.has('retry-after')),
        ).toBe(true);
        expect((await get(`${gateway.url}${path}`, from(OTHER))).status).toBe(200);
        expect((await get(`${gateway.url}/health/live`, from(ATTACKER))).status).toBe(200);
      } finally {
        await gateway.close();
      }
    },
  );
});
