import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { describeBuilt, startProgram } from '../built-program.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';

const CREDENTIALS = {
  NODE_ENV: 'production',
  HUBSPOT_ACCESS_TOKEN: 'pat-na1-none',
  STRIPE_SECRET_KEY: 'rk_test_none',
  GOOGLE_MAPS_API_KEY: 'none',
  ACCESS: 'open',
  ACCESS_OPEN_CONFIRM: '1',
  PORT: '0',
  DRAIN_DELAY_MS: '0',
};
const WEBHOOKS = { STRIPE_WEBHOOK_SECRETS: 'whsec_only_this_test_has_it' };

describeBuilt('the events of a program that receives webhooks', () => {
  let directory: string;
  let redis: RedisServer;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'events-'));
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
    rmSync(directory, { recursive: true });
  });

  /** @returns the error output of a program that refuses to start. */
  async function refusal(file: string, args: readonly string[], more: Record<string, string>) {
    const program = startProgram(file, args, { ...CREDENTIALS, ...WEBHOOKS, ...more });
    expect(await program.ended).toBe(1);
    return program.output().split('\n');
  }

  it('must be in Redis or a file in production', async () => {
    expect(await refusal('gateway.js', [], {})).toContain(
      'REDIS_URL or EVENTS_FILE must be set in production if webhooks are received: an event must survive a restart before its vendor gets 200.',
    );
  });

  it('must be signed with secrets that are neither public nor guessable in production', async () => {
    const sandbox = await startSandbox();
    const lines = await refusal('gateway.js', [], sandbox.webhookEnvironment);
    await sandbox.close();
    for (const name of ['STRIPE_WEBHOOK_SECRETS', 'HUBSPOT_CLIENT_SECRETS'])
      expect(lines).toContain(
        `${name} holds a secret of the sandbox, which is public: anyone could sign events with it. Set the secret that the vendor shows.`,
      );
    const guessed = { STRIPE_WEBHOOK_SECRETS: 'whsec_test_secret' };
    expect(await refusal('subgraph.js', ['payments'], guessed)).toContain(
      'STRIPE_WEBHOOK_SECRETS holds a secret that can be guessed. Set the secret that the vendor shows: it has at least 16 characters.',
    );
  });

  it('must be synced by Redis in production', async () => {
    const lines = await refusal('gateway.js', [], { REDIS_URL: redis.url });
    expect(lines.join('\n')).toContain(
      'Redis can lose events that it has stored: appendonly must be yes, appendfsync must be always in its configuration.',
    );
    expect(lines.join('\n')).not.toContain(redis.url);
  });

  it('must be in Redis if a subgraph runs as a service', async () => {
    const secret = { SUBGRAPH_SECRET: 'a-secret-of-thirty-two-characters' };
    expect(await refusal('subgraph.js', ['payments'], secret)).toContain(
      'REDIS_URL must be set if subgraph services receive webhooks: the gateway reads their events there.',
    );
  });

  it('are in a file that is locked until its process exits', async () => {
    const settings = { ...CREDENTIALS, ...WEBHOOKS, EVENTS_FILE: join(directory, 'events.log') };
    const first = startProgram('gateway.js', [], settings);
    await first.url;
    expect((await refusal('gateway.js', [], settings)).join('\n')).toMatch(
      /^EVENTS_FILE cannot be used: .* is locked by another process/m,
    );
    expect(await first.end()).toBe(0);
    const next = startProgram('gateway.js', [], settings);
    await next.url;
    expect(await next.end()).toBe(0);
  });
});
