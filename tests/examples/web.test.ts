import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import {
  describeInChromium,
  launchChromium,
  openWatchedPage,
  takeScreenshot,
  type WatchedPage,
} from '../browser/chromium.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { runProcess, startUntil } from '../run-process.ts';

const VITE = 'node_modules/vite/bin/vite.js';

/** Runs in the page; fails unless the image can be drawn. */
const WIDTH_OF_IMAGE = `(async (image) => (await image.decode(), image.naturalWidth))(document.querySelector('article img'))`;

describeInChromium('the web example', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let directory: string;
  let server: ChildProcess;
  let watched: WatchedPage;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-web-'));
    const build = () =>
      runProcess(VITE, ['build', 'examples/web', '--outDir', directory, '--emptyOutDir']);
    const [started, launched, built] = await Promise.all([
      startTestGateway(),
      launchChromium(),
      build(),
    ]);
    [gateway, browser] = [started, launched];
    expect(built).toMatchObject({ exitCode: 0 });
    const { process, match } = await startUntil(
      /http:\/\/127\.0\.0\.1:\d+/,
      VITE,
      ['preview', 'examples/web', '--outDir', directory, '--host', '127.0.0.1', '--port', '0'],
      { GATEWAY_URL: gateway.url },
    );
    server = process;
    watched = await openWatchedPage(browser, match[0]);
  }, 60_000);

  afterAll(async () => {
    server.kill();
    await browser.close();
    await gateway.close();
    await rm(directory, { recursive: true });
  });

  it('shows a customer with company, payments and a map', async () => {
    const { page } = watched;
    await page.getByRole('listitem').first().waitFor();
    await page.getByLabel('Search').fill('Brandt');
    await page.getByRole('button', { name: 'Anneliese Brandt' }).click();

    const card = page.getByRole('article');
    await card.getByRole('heading', { name: 'Anneliese Brandt' }).waitFor();
    expect(await card.locator('header p').textContent()).toContain('Nordhafen Logistik GmbH');
    const payments = await card.getByRole('row').allInnerTexts();
    expect(payments.length).toBeGreaterThan(0);
    expect(payments[0]).toMatch(/^\w{3} \d+, \d{4}\t.+\t(succeeded|failed)\t\d+\.\d\d [A-Z]{3}$/);

    const map = card.getByRole('img', { name: /^Map around/ });
    await map.waitFor();
    expect(await page.evaluate(WIDTH_OF_IMAGE)).toBe(640);
    await takeScreenshot(page, 'web');
  });

  it('shows what the others know while a vendor is down, and says what is missing', async () => {
    const { page } = watched;
    gateway.sandbox.stripe.fault = '500';
    await page.getByRole('button', { name: 'Jürgen Brandt' }).click();
    const card = page.getByRole('article');
    await card.getByRole('heading', { name: 'Jürgen Brandt' }).waitFor();
    gateway.sandbox.stripe.fault = null;

    expect(await card.locator('header p').textContent()).toContain('Rheinufer Verlag');
    expect(await card.locator('.missing').allInnerTexts()).toEqual([
      'Not available now.',
      expect.stringMatching(/^payments: .+ Try again later\.$/),
    ]);
  });

  it('asks its own origin only, and the browser has nothing to complain about', () => {
    expect([...watched.origins]).toEqual([new URL(watched.page.url()).origin]);
    expect(watched.troubles).toEqual([]);
  });
});
