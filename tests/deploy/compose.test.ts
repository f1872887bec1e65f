import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { runProcess } from '../run-process.ts';

it('the compose file follows the schema of Compose, and has no error that dclint knows', async () => {
  const { exitCode, stdout } = await runProcess('node_modules/dclint/bin/dclint.cjs', [
    '--quiet',
    'deploy/compose.yaml',
  ]);
  expect([stdout.trim(), exitCode]).toEqual(['', 0]);
});

it('gives all gateways of the compose file one Redis that forgets nothing, and one secret for map links', () => {
  // A cast: the file is our own.
  const { services } = parse(readFileSync('deploy/compose.yaml', 'utf8')) as {
    readonly services: Readonly<
      Record<
        'gateway' | 'redis',
        { readonly environment: object; readonly command: readonly string[] }
      >
    >;
  };
  expect(services.gateway.environment).toMatchObject({
    REDIS_URL_FILE: '/run/secrets/redis_url',
    MAP_SIGNING_SECRET_FILE: '/run/secrets/map_signing_secret',
  });
  expect(services.redis.command.join(' ')).toMatch(/--appendonly yes .*noeviction/s);
});

it('the lines of the compose file for webhooks, uncommented, are valid and let events survive', () => {
  const text = readFileSync('deploy/compose.yaml', 'utf8').replace(/^( +)#(?=\S| {2}file)/gm, '$1');
  // A cast: the file is our own.
  const { services, secrets } = parse(text) as {
    readonly services: {
      readonly gateway: { readonly environment: object; readonly secrets: readonly string[] };
    };
    readonly secrets: object;
  };
  expect(services.gateway.environment).toMatchObject({
    EVENTS_SYNC: 'aof',
    STRIPE_WEBHOOK_SECRETS_FILE: '/run/secrets/stripe_webhook_secrets',
    HUBSPOT_CLIENT_SECRETS_FILE: '/run/secrets/hubspot_client_secrets',
  });
  expect(Object.keys(secrets)).toEqual(expect.arrayContaining([...services.gateway.secrets]));
});
