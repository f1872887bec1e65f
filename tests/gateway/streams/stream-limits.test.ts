import { afterEach, describe, expect, it } from '@jest/globals';
import { createKeyFile } from '../access/key-file.ts';
import { bearer } from '../access/token-issuer.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import {
  openRefused,
  openTestStream,
  type StreamOptions,
  type TestStream,
  TRANSPORTS,
} from './open-test-stream.ts';

const QUERY = 'subscription { paymentChanged { id } }';

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const start = async (environment: Record<string, string>) =>
  (gateway = await startTestGateway({ environment }));

/** Opens a stream as soon as the limits allow it. */
async function openOnceFree(running: TestGateway, options: StreamOptions): Promise<TestStream> {
  for (;;) {
    const stream = await openTestStream(running, QUERY, options).catch(() => undefined);
    if (stream !== undefined) return stream;
  }
}

/** Sends one more subscription by each transport. */
async function expectNoMore(running: TestGateway, headers: Record<string, string> = {}) {
  for (const transport of TRANSPORTS) {
    const { status, error } = await openRefused(running, QUERY, { transport, headers });
    expect([transport, status, error]).toEqual([
      transport,
      transport === 'websocket' ? undefined : 429,
      {
        message: expect.stringContaining('open subscriptions'),
        extensions: { code: 'RATE_LIMITED', retryable: true, retryAfter: 5 },
      },
    ]);
  }
}

describe('a caller', () => {
  it('has at most 20 streams over all transports, and may open another when one ends', async () => {
    const running = await start({});
    const opened: TestStream[] = [];
    for (let count = 0; count < 5; count += 1)
      for (const transport of TRANSPORTS)
        opened.push(await openTestStream(running, QUERY, { transport }));
    await expectNoMore(running);
    for (const [index, transport] of TRANSPORTS.entries()) {
      await opened[index]?.close();
      opened.push(await openOnceFree(running, { transport }));
      await expectNoMore(running);
    }
    await Promise.all(opened.map((stream) => stream.close()));
  });
});

describe('a process', () => {
  it('has at most MAX_STREAMS streams of all callers and transports', async () => {
    const keys = await createKeyFile();
    const callers = await Promise.all(TRANSPORTS.map(async () => bearer(await keys.add())));
    const running = await start({ MAX_STREAMS: '4', API_KEYS_FILE: keys.path });
    const opened = await Promise.all(
      TRANSPORTS.map((transport, index) =>
        openTestStream(running, QUERY, { transport, headers: callers[index] ?? {} }),
      ),
    );
    await expectNoMore(running);
    await expectNoMore(running, callers[0]);
    await opened[0]?.close();
    opened.push(await openOnceFree(running, { transport: 'websocket' }));
    await expectNoMore(running, callers[0]);
    await Promise.all(opened.map((stream) => stream.close()));
    await keys.remove();
  });
});
