import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKeyFile } from '../gateway/access/key-file.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { changePayment, firstPayment } from '../gateway/transports/changes.ts';
import { runProcess, startUntil, TSX } from '../run-process.ts';

const runMobile = (gateway: string) =>
  runProcess(TSX, ['examples/mobile/main.ts'], { GATEWAY_URL: gateway });

describe('the mobile example', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });

  afterAll(() => gateway.close());

  it('teaches the gateway its operation once, then asks by hash alone for the same screen', async () => {
    const first = await runMobile(gateway.url);
    const second = await runMobile(gateway.url);

    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(/\n\d+ bytes received in 2 requests\n$/);
    expect(second.stdout).toMatch(/\n\d+ bytes received in 1 request\n$/);
    expect(withoutTally(second.stdout)).toBe(withoutTally(first.stdout));
  });

  it('shows who, what they paid and where they are', async () => {
    const { stdout } = await runMobile(gateway.url);
    const cards = withoutTally(stdout).split('\n\n').slice(0, 5);
    expect(cards).toHaveLength(5);
    expect(cards[1]).toMatch(
      /^.+, .+\n {2}\d+(\.\d+)? [A-Z]{3} [a-z_]+\n {2}.+ at -?\d+\.\d{4}, -?\d+\.\d{4}$/,
    );
    expect(stdout).not.toContain('Missing');
  });

  it('shows what is there and says what is missing while a vendor is down', async () => {
    gateway.sandbox.stripe.fault = '500';
    try {
      const { stdout, exitCode } = await runMobile(gateway.url);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/ at -?\d+\.\d{4}, -?\d+\.\d{4}/);
      expect(stdout).toMatch(
        /^Missing customers\.nodes\.payments: UPSTREAM_UNAVAILABLE, try again later \(\d\)$/m,
      );
    } finally {
      gateway.sandbox.stripe.fault = null;
    }
  });

  it('shows after the background the changes that were made meanwhile', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tributary-mobile-'));
    const environment = { GATEWAY_URL: gateway.url, CURSOR_FILE: join(directory, 'cursor') };
    const live = async (line: RegExp) => {
      const { process, match } = await startUntil(
        line,
        TSX,
        ['examples/mobile/live.ts'],
        environment,
      );
      const ended = once(process, 'exit');
      process.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      return match[0];
    };
    const id = await firstPayment(gateway);
    await live(/^Waiting/);
    await changePayment(gateway, id);
    expect(await live(/^pi_.*$/m)).toMatch(
      new RegExp(`^${id} updated: \\d+(\\.\\d+)? [A-Z]{3} [a-z_]+$`),
    );
    await rm(directory, { recursive: true });
  });

  it('says why a gateway opens no stream', async () => {
    const keys = await createKeyFile();
    const closed = await startTestGateway({
      sandbox: gateway.sandbox,
      environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path },
    });
    const directory = await mkdtemp(join(tmpdir(), 'tributary-mobile-'));
    const { stderr, exitCode } = await runProcess(TSX, ['examples/mobile/live.ts'], {
      GATEWAY_URL: closed.url,
      CURSOR_FILE: join(directory, 'cursor'),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^The gateway at .* did not open a stream: Error: 401 .*UNAUTHENTICATED/,
    );
    await rm(directory, { recursive: true });
    await closed.close();
    await keys.remove();
  });

  it('says so in one line when there is no gateway', async () => {
    const { stderr, exitCode } = await runMobile('http://127.0.0.1:1');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^The gateway at http:\/\/127\.0\.0\.1:1 did not answer: .+\n$/);
  });
});

const withoutTally = (screen: string) => screen.slice(0, screen.lastIndexOf('\n\n'));
