import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { startReceiver } from './events/receiver.ts';

const MAIN = fileURLToPath(new URL('../../bin/sandbox.ts', import.meta.url));

const start = (vendors: string[], environment: Record<string, string> = {}): ChildProcess =>
  fork(MAIN, vendors, {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'], ...environment },
    stdio: 'pipe',
  });

describe('the sandbox as a process', () => {
  it('sends the addresses of the chosen vendors to its parent, and ends with it', async () => {
    const sandbox = start(['hubspot'], { SANDBOX_FAULTS: 'hubspot=500' });
    const exited = once(sandbox, 'exit');
    const [message] = (await once(sandbox, 'message')) as [{ environment: Record<string, string> }];
    expect(Object.keys(message.environment)).toEqual([
      'HUBSPOT_ACCESS_TOKEN',
      'HUBSPOT_BASE_URL',
      'HUBSPOT_IDEMPOTENCY_PROPERTY',
      'HUBSPOT_RATE_LIMIT',
      'HUBSPOT_CLIENT_SECRETS',
    ]);
    expect((await fetch(message.environment['HUBSPOT_BASE_URL'] ?? '')).status).toBe(500);
    sandbox.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('sends events to its parent once it has the address, and continually with SANDBOX_EVENTS=busy', async () => {
    const receiver = await startReceiver();
    const sandbox = start(['hubspot'], { SANDBOX_EVENTS: 'busy' });
    const exited = once(sandbox, 'exit');
    const [{ environment }] = (await once(sandbox, 'message')) as [
      { environment: Record<string, string> },
    ];
    sandbox.send({ deliverTo: { url: receiver.url, publicUrl: 'https://graph.example.com' } });
    const base = environment['HUBSPOT_BASE_URL'] ?? '';
    const [delivery] = await receiver.waitFor(1);
    expect(delivery?.url).toBe('/webhooks/hubspot');
    expect(delivery?.body).toContain('"changeSource":"CRM_UI"');
    expect((await fetch(`${base}/_sandbox/edits`, { method: 'POST' })).status).toBe(415);
    sandbox.disconnect();
    expect(await exited).toEqual([0, null]);
    await receiver.close();
  });

  it('exits cleanly on SIGTERM', async () => {
    const sandbox = start([]);
    const exited = once(sandbox, 'exit');
    const [message] = (await once(sandbox, 'message')) as [{ environment: Record<string, string> }];
    expect(Object.keys(message.environment)).toHaveLength(14);
    sandbox.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('prints its environment and the secrets of its events without a parent', async () => {
    const args = ['--import', 'tsx', MAIN, 'stripe', 'google'];
    const sandbox = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] } });
    let printed = '';
    for await (const chunk of sandbox.stdout) {
      printed += String(chunk);
      if (printed.includes('STRIPE_WEBHOOK_SECRETS=')) break;
    }
    expect(printed).toMatch(/^stripe +http:/m);
    expect(printed).toMatch(/^GOOGLE_MAPS_API_KEY=\w+$/m);
    expect(printed).toMatch(/^STRIPE_WEBHOOK_SECRETS=whsec_\w+$/m);
    const exited = once(sandbox, 'exit');
    sandbox.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('ends with a parent that exits while it starts', async () => {
    const sandbox = start(['hubspot']);
    const exited = once(sandbox, 'exit');
    sandbox.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('reports all problems of its settings at once', async () => {
    const sandbox = start(['paypal'], {
      SANDBOX_EVENTS: 'wild',
      SANDBOX_LATENCY_MS: 'slow',
      SANDBOX_FAULTS: 'stripe=tired',
    });
    const [problems, exit] = await Promise.all([
      sandbox.stderr && text(sandbox.stderr),
      once(sandbox, 'exit'),
    ]);
    expect(exit).toEqual([1, null]);
    expect(problems?.trim().split('\n')).toEqual([
      'SANDBOX_EVENTS must be "busy" or "quiet".',
      'SANDBOX_LATENCY_MS must be an integer from 0 to 60000.',
      'A vendor must be one of hubspot, stripe, google, nws, metno, ecb, but got "paypal".',
      'SANDBOX_FAULTS: A fault is one of hang, garbage, wrong-json, content-type, 500, 502, 503, 504, 429, 429-retry-after, reset, reset-after, truncate, drip, but got "tired".',
    ]);
  });
});
