import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { STRIPE_EVENT_TYPES } from '../../subgraphs/payments/providers/stripe/webhooks/stripe-event-types.ts';
import { describeBuilt } from '../built-program.ts';
import { runProcess } from '../run-process.ts';

const HERE = 'https://api.example.com';

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly enabled_events: readonly string[];
  readonly status: string;
}

let sandbox: Sandbox;

/** Runs `tributary webhooks ...` to its end. */
const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  runProcess('dist/tributary.js', ['webhooks', ...args], {
    ...sandbox.environment,
    ...environment,
  });

/** Calls Stripe's API. */
async function stripe(method: string, path: string): Promise<unknown> {
  const { STRIPE_BASE_URL, STRIPE_SECRET_KEY } = sandbox.environment;
  const response = await fetch(`${String(STRIPE_BASE_URL)}${path}`, {
    method,
    headers: { authorization: `Bearer ${String(STRIPE_SECRET_KEY)}` },
  });
  expect(response.status).toBe(200);
  return response.json();
}
async function endpoints(): Promise<readonly Endpoint[]> {
  // A cast: Stripe's lists have this form.
  const { data } = (await stripe('GET', '/v1/webhook_endpoints')) as { data: readonly Endpoint[] };
  return data.filter(({ url }) => url.startsWith(HERE));
}

describeBuilt('tributary webhooks setup', () => {
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it('creates Stripe’s endpoint, and prints the configuration of HubSpot’s app', async () => {
    const { exitCode, stdout, stderr } = await run(['setup', '--url', HERE]);

    expect([exitCode, stdout]).toEqual([0, '']);
    const [created] = await endpoints();
    expect(created).toMatchObject({ url: `${HERE}/webhooks/stripe`, status: 'enabled' });
    expect(created?.enabled_events).toEqual(STRIPE_EVENT_TYPES);
    expect(stderr).toContain(`Stripe's endpoint ${String(created?.id)} is created`);
    expect(stderr).toContain(`"targetUrl": "${HERE}/webhooks/hubspot"`);
    expect(stderr).not.toContain('whsec_');
  });

  it('updates an existing endpoint, without its secret, which Stripe shows once', async () => {
    const before = await endpoints();
    const { exitCode, stdout, stderr } = await run([
      ...['setup', '--url', `${HERE}/`, '--vendor', 'stripe', '--print-secret'],
    ]);

    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toContain('already existed');
    expect(stderr).toContain('There is no new secret for STRIPE_WEBHOOK_SECRETS.');
    expect(stderr).not.toContain('hubspot');
    expect((await endpoints()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  it('creates a deleted endpoint again, and writes only its secret to stdout', async () => {
    for (const { id } of await endpoints()) await stripe('DELETE', `/v1/webhook_endpoints/${id}`);
    const { exitCode, stdout } = await run([
      ...['setup', '--url', HERE, '--vendor', 'stripe', '--print-secret'],
    ]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^whsec_\w+\n$/);
    expect(await endpoints()).toHaveLength(1);
  });

  it('sets up the other vendors if one fails', async () => {
    const { exitCode, stderr } = await run(['setup', '--url', HERE], {
      STRIPE_BASE_URL: 'http://127.0.0.1:1',
    });

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`"targetUrl": "${HERE}/webhooks/hubspot"`);
  });

  it.each<[string, readonly string[], Record<string, string>, string]>([
    ['no URL', ['setup'], {}, 'tributary webhooks setup --url <https://...>'],
    ['another action', ['remove', '--url', HERE], {}, 'tributary webhooks setup --url'],
    [
      'a URL that is not https',
      ['setup', '--url', 'http://api.example.com'],
      {},
      '--url must be an https URL that vendors can reach, such as https://api.example.com.',
    ],
    [
      'the URL of a webhook',
      ['setup', '--url', `${HERE}/webhooks/stripe`],
      {},
      '--url must be the URL of the server, without /webhooks: each vendor has its own path.',
    ],
    [
      'an unknown vendor',
      ['setup', '--url', HERE, '--vendor', 'acme'],
      {},
      '--vendor must be one of hubspot, stripe.',
    ],
    [
      'a missing key',
      ['setup', '--url', HERE, '--vendor', 'stripe'],
      { STRIPE_SECRET_KEY: '', STRIPE_BASE_URL: '' },
      'stripe: STRIPE_SECRET_KEY is not set. Set it to the credential that the server has.',
    ],
    [
      'a vendor that cannot be reached',
      ['setup', '--url', HERE, '--vendor', 'stripe'],
      { STRIPE_BASE_URL: 'http://127.0.0.1:1' },
      'stripe: The payment processor cannot be reached or failed.',
    ],
    [
      'a restricted key without the permission',
      ['setup', '--url', HERE, '--vendor', 'stripe'],
      { STRIPE_SECRET_KEY: 'rk_test_without_webhook_endpoint_write' },
      'stripe: The key lacks the permission "Webhook Endpoints: Write".',
    ],
    [
      'an invalid key of Stripe',
      ['setup', '--url', HERE, '--vendor', 'stripe'],
      { STRIPE_SECRET_KEY: 'sk_test_' },
      "stripe: The payment processor refused this server's credentials or permissions.",
    ],
  ])('refuses %s with a message and exit code 1', async (_, args, environment, sentence) => {
    const { exitCode, stdout, stderr } = await run(args, environment);

    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
