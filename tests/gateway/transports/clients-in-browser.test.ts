import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { describeInChromium, launchChromium } from '../../browser/chromium.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
// Its global.
import type {} from './browser-client.ts';
import { changePayment, firstPayment, PAYMENT_CHANGED } from './changes.ts';

describeInChromium('Apollo Client in a page of another origin', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let pages: Server;
  let allowed: string;
  let payment: string;
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: ['tests/gateway/transports/browser-client.ts'],
      bundle: true,
      write: false,
      format: 'iife',
      platform: 'browser',
      logLevel: 'silent',
    });
    const script = outputFiles[0]?.text ?? '';
    pages = createServer((request, response) => {
      if (request.url === '/client.js')
        response.setHeader('content-type', 'text/javascript').end(script);
      else
        response
          .setHeader('content-type', 'text/html')
          .end('<!doctype html><title>Live</title><script src="/client.js"></script>');
    }).listen(0, '127.0.0.1');
    await once(pages, 'listening');
    // A cast: it listens on a port.
    allowed = `http://localhost:${String((pages.address() as AddressInfo).port)}`;
    gateway = await startTestGateway({ environment: { CORS_ORIGINS: allowed } });
    payment = await firstPayment(gateway);
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    pages.close();
    pages.closeAllConnections();
  });

  const open = async (origin: string, by: 'websocket' | 'multipart'): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.evaluate(
      ([url, transport, query, id]) => {
        live.subscribe(url, transport, query, id);
      },
      [gateway.url, by, PAYMENT_CHANGED, payment] as const,
    );
    return page;
  };

  it.each(['websocket', 'multipart'] as const)(
    'receives each change by %s, before the next one is made',
    async (by) => {
      const page = await open(allowed, by);
      const has = (count: number) => page.waitForFunction((n) => live.received.length >= n, count);
      // Until the stream is open, changes are none of its.
      const first = setInterval(() => void changePayment(gateway, payment), 100);
      await has(1);
      clearInterval(first);
      const before = await page.evaluate(() => live.received.length);
      for (let count = 1; count <= 2; count += 1) {
        await changePayment(gateway, payment);
        await has(before + count);
      }
      const received = await page.evaluate(() => live.received);
      for (const text of received)
        expect(JSON.parse(text)).toMatchObject({
          data: { paymentChanged: { id: payment, kind: 'UPDATED' } },
        });
      await page.evaluate(() => {
        live.unsubscribe();
      });
      await page.close();
    },
    60_000,
  );

  it('receives nothing where the gateway does not allow the origin of the page', async () => {
    const other = allowed.replace('localhost', '127.0.0.1');
    const page = await browser.newPage();
    await page.goto(other);
    const [response] = await Promise.all([
      page.waitForEvent('websocket').then((socket) => socket.waitForEvent('socketerror')),
      page.evaluate(
        ([url, query, id]) => {
          live.subscribe(url, 'websocket', query, id);
        },
        [gateway.url, PAYMENT_CHANGED, payment] as const,
      ),
    ]);
    expect(response).toContain('403');
    await page.close();
  }, 60_000);
});
