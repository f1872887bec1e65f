import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Program, startProgram } from '../built-program.ts';
import { readMetrics, samplesOf } from '../monitoring/read-metrics.ts';
import { runProcess } from '../run-process.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { type Nginx, startNginx } from './start-nginx.ts';
import { describeWith } from './tools.ts';

describeWith(
  'nginx',
  'redis-server',
  'openssl',
)('two gateways behind nginx, as in deploy/nginx.conf, on one Redis', () => {
  let sandbox: Sandbox;
  let redis: RedisServer;
  let nginx: Nginx;
  let gateways: readonly Program[] = [];
  const started: (() => Promise<void>)[] = [];
  let urls: readonly string[];
  let environment: Readonly<Record<string, string>>;
  let key: string;

  const start = (port: string) => startProgram('gateway.js', [], { ...environment, PORT: port });
  const createKey = async (...options: readonly string[]) => {
    const args = ['keys', 'create', '--name', 'Client', '--scopes', 'all', ...options];
    const { stdout } = await runProcess('dist/tributary.js', args, { REDIS_URL: redis.url });
    return stdout.trim();
  };
  const ask = (query: string, variables = {}, credential = key) =>
    nginx.send('/graphql', { query, variables }, { authorization: `Bearer ${credential}` });
  /** @returns how many operations each gateway has answered */
  const answeredBy = () =>
    Promise.all(
      urls.map(async (url) => {
        const counts = samplesOf(
          await readMetrics(url),
          'tributary_operation_duration_seconds_count',
        );
        return Object.values(counts).reduce((total, count) => total + count, 0);
      }),
    );

  beforeAll(async () => {
    [sandbox, redis] = await Promise.all([startSandbox({ limits: true }), startRedis()]);
    started.push(
      () => sandbox.close(),
      () => redis.stop(),
    );
    environment = {
      ...sandbox.environment,
      REDIS_URL: redis.url,
      ACCESS: 'closed',
      TRUST_PROXY: 'loopback',
      MAP_SIGNING_SECRET: 'a-secret-that-both-gateways-have-for-maps',
      REQUEST_TIMEOUT_MS: '60000',
      // Calls wait for the rate limit for longer than three seconds.
      VENDOR_TIMEOUT_MS: '0',
      LOG_LEVEL: 'silent',
    };
    gateways = [start('0'), start('0')];
    urls = await Promise.all(gateways.map(({ url }) => url));
    nginx = await startNginx(urls.map((url) => new URL(url).host));
    started.push(() => nginx.close());
    key = await createKey();
    while ((await ask('{ __typename }')).status !== 200) await wait(100);
  }, 120_000);
  afterAll(async () => {
    for (const { child } of gateways) child.kill('SIGKILL');
    await Promise.all(started.map((stop) => stop()));
  });

  let before: readonly number[];
  beforeEach(async () => {
    before = await answeredBy();
  });
  const expectBothAnswered = async () => {
    const after = await answeredBy();
    for (const [index, count] of after.entries()) expect(count).toBeGreaterThan(before[index] ?? 0);
  };

  it('share API keys, which one command creates for both', async () => {
    const fresh = await createKey();
    const statuses = new Set<number>();
    for (let count = 0; count < 10; count += 1)
      statuses.add((await ask('{ __typename }', {}, fresh)).status);
    expect([...statuses]).toEqual([200]);
    await expectBothAnswered();
  });

  it('share the limit of a caller', async () => {
    const limited = await createKey('--requests-per-minute', '30');
    const begun = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 90 }, () => ask('{ __typename }', {}, limited)),
    );
    const granted = answers.filter(({ status }) => status === 200).length;
    // Each alone would grant 10 at once, and one more every two seconds.
    const refilled = (performance.now() - begun) / 2000;
    expect(granted).toBeGreaterThanOrEqual(10);
    expect(granted).toBeLessThan(20 + refilled);
    await expectBothAnswered();
  });

  it("share the vendor's rate limit: the vendor refuses no call, and no request fails", async () => {
    const calls = sandbox.hubspot.requests.length;
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, count) =>
        ask(`{ companies(first: ${String(1 + (count % 75))}) { nodes { name } } }`),
      ),
    );
    expect(new Set(answers.map(({ body }) => /"errors"/.test(body)))).toEqual(new Set([false]));
    const made = sandbox.hubspot.requests.slice(calls);
    expect(made.length).toBeGreaterThan(100);
    expect(made.filter(({ status }) => status === 429)).toEqual([]);
    await expectBothAnswered();
  }, 120_000);

  it('share the outcomes of mutations: a key that is sent to both takes effect once', async () => {
    const { data } = JSON.parse((await ask(PAID)).body) as {
      readonly data: { readonly payments: { readonly nodes: readonly Paid[] } };
    };
    const paid = data.payments.nodes.find(
      ({ status, amount, refundedAmount }) =>
        status === 'SUCCEEDED' && amount.currency === 'EUR' && Number(refundedAmount.amount) === 0,
    );
    const written = sandbox.stripe.writes.length;
    const input = {
      paymentId: paid?.id,
      amount: { amount: '0.01', currency: 'EUR' },
      idempotencyKey: 'one refund',
    };
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(REFUND, { input })));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers[0]?.body).toMatch(/"refund":\{"id":"re_\w+"\}/);
    expect(sandbox.stripe.writes.length - written).toBe(1);
    await expectBothAnswered();
  });

  it("serve each other's map links", async () => {
    const { body } = await ask(MAP);
    const [, path = ''] = /"path":"([^"]+)"/.exec(body) ?? [];
    expect(path).toMatch(/^\/map\//);
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await nginx.send(path));
    expect(answers.map(({ status, headers }) => [status, headers['content-type']])).toEqual(
      answers.map(() => [200, 'image/png']),
    );
  });

  it('are reached over TLS only, and neither their metrics nor their health', async () => {
    const plain = await fetch(`http://127.0.0.1:${String(nginx.plainPort)}/graphql`, {
      redirect: 'manual',
    });
    expect(plain.status).toBe(301);
    for (const path of ['/metrics', '/health/ready', '/graphql/../metrics', '//metrics'])
      expect((await nginx.send(path)).status).toBe(404);
    expect((await ask('{ __typename }')).headers).toHaveProperty('strict-transport-security');
  });
});

const PAID =
  '{ payments(first: 100) { nodes { id status amount { currency } refundedAmount { amount } } } }';
const REFUND =
  'mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { refund { id } userErrors { code } } }';
const MAP =
  '{ customers(first: 5) { nodes { address { map(width: 200, height: 200) { path } } } } }';

interface Paid {
  readonly id: string;
  readonly status: string;
  readonly amount: { readonly currency: string };
  readonly refundedAmount: { readonly amount: string };
}
