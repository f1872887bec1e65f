import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page, Request } from 'playwright-core';
import {
  describeInChromium,
  launchChromium,
  openWatchedPage,
  takeScreenshot,
  type WatchedPage,
} from '../browser/chromium.ts';
import { lowContrastTexts } from '../browser/contrast.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { changePayment } from '../gateway/transports/changes.ts';
import { readMetrics } from '../monitoring/read-metrics.ts';
import { runProcess, startUntil } from '../run-process.ts';
import { until } from '../until.ts';

const VITE = 'node_modules/vite/bin/vite.js';

/** Runs in the page; fails unless the image can be drawn. */
const WIDTH_OF_IMAGE = `(async (image) => (await image.decode(), image.naturalWidth))(document.querySelector('article img'))`;

/** The pixels that the page is wider than the window. */
const OVERFLOW = 'document.documentElement.scrollWidth - window.innerWidth';

/** The text that a request searches for; empty for any other request. */
const searchOf = (request: Request) =>
  /"search":"([^"]*)"/.exec(request.postData() ?? '')?.[1] ?? '';

/** Waits until the page has a stream. */
async function untilSubscribed({ url }: TestGateway): Promise<void> {
  const open = async () => (await readMetrics(url)).get('tributary_streams{transport="websocket"}');
  await until('an open stream', async () => Boolean(await open()));
}

/** As on a desk and on a phone. */
async function takeScreenshots(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  await takeScreenshot(page, `${name}-390`);
  await page.setViewportSize({ width: 1440, height: 900 });
  await takeScreenshot(page, `${name}-1440`);
}

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
    // Shorter than a test's time, so that a failure names what was waited for.
    watched.page.setDefaultTimeout(10_000);
  }, 60_000);

  afterAll(async () => {
    server.kill();
    await browser.close();
    await gateway.close();
    await rm(directory, { recursive: true });
  });

  it('shows a customer with company, payments and a map', async () => {
    const { page } = watched;
    await page.getByRole('navigation').getByText('20 of 240').waitFor();
    await page.getByLabel('Search').fill('Brandt');
    await page.getByRole('button', { name: 'Anneliese Brandt' }).click();

    const card = page.getByRole('article');
    await card.getByRole('heading', { name: 'Anneliese Brandt' }).waitFor();
    expect(await card.locator('header p').textContent()).toContain('Nordhafen Logistik GmbH');
    const payments = await card.locator('tbody tr').allInnerTexts();
    expect(payments.length).toBeGreaterThan(0);
    expect(payments[0]).toMatch(/^\w{3} \d+, \d{4}\t.+\t(succeeded|failed)\t\d+\.\d\d [A-Z]{3}$/);

    const map = card.getByRole('img', { name: /^Map around/ });
    await map.waitFor();
    expect(await page.evaluate(WIDTH_OF_IMAGE)).toBe(640);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await lowContrastTexts(page, 'body')).toEqual([]);
    }
    await takeScreenshots(page, 'web');
  });

  it('shows a change of a payment without a reload', async () => {
    const { page } = watched;
    const { data } = await gateway.query(
      '{ customerByEmail(email: "anneliese.brandt@nordhafen.example") { payments(first: 1) { nodes { id billingAccount { id } } } } }',
    );
    const { id, billingAccount } = data.customerByEmail.payments.nodes[0];
    await untilSubscribed(gateway);
    gateway.sandbox.stripe.edit.update('payment_intent', id, { description: 'Roof, corrected' });
    await changePayment(gateway, id, billingAccount.id);
    const [row] = await page.getByRole('article').locator('tbody tr').all();
    await row?.getByText('Roof, corrected').waitFor();
  });

  it('adds pages to the list, and keeps its rows after a customer was opened', async () => {
    const { page } = watched;
    const list = page.getByRole('navigation');
    await page.getByLabel('Search').fill('');
    await list.getByText('20 of 240').waitFor();
    for (const count of ['40 of 240', '60 of 240']) {
      await list.getByRole('button', { name: 'Show more' }).click();
      await list.getByText(count).waitFor();
    }
    await list.getByRole('listitem').nth(50).getByRole('button').click();
    await page.getByRole('article').waitFor();
    expect(await list.getByRole('listitem').count()).toBe(61);
  });

  it('sends one request for a word that is typed at once', async () => {
    const { page } = watched;
    const searches: string[] = [];
    const record = (request: Request) => searches.push(searchOf(request));
    page.on('request', record);
    const answered = page.waitForResponse((response) => searchOf(response.request()) === 'Jürgen');
    await page.getByLabel('Search').pressSequentially('Jürgen');
    await answered;
    page.off('request', record);
    expect(searches.filter((search) => search !== '')).toEqual(['Jürgen']);
  });

  it('cancels a search that another one replaces', async () => {
    const { page, troubles } = watched;
    gateway.sandbox.hubspot.fault = 'hang';
    const sent = page.waitForRequest((request) => searchOf(request) === 'Bran');
    await page.getByLabel('Search').fill('Bran');
    const first = await sent;
    const [failed] = await Promise.all([
      page.waitForEvent('requestfailed'),
      page.getByLabel('Search').fill('Brandt'),
    ]);
    gateway.sandbox.hubspot.fault = null;
    expect(failed).toBe(first);
    await page.getByRole('button', { name: 'Jürgen Brandt' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(troubles.splice(0)).toEqual([`failed ${first.url()}`]);
  });

  it('says that a search has no results', async () => {
    const { page } = watched;
    await page.getByLabel('Search').fill('no such name');
    await page.getByText('No customer matches “no such name”.').waitFor();
  });

  it('shows what the others know while a vendor is down, says what is missing, and gets it by a retry', async () => {
    const { page } = watched;
    await page.getByLabel('Search').fill('Brandt');
    gateway.sandbox.stripe.fault = '500';
    await page.getByRole('button', { name: 'Jürgen Brandt' }).click();
    const card = page.getByRole('article');
    await card.getByRole('heading', { name: 'Jürgen Brandt' }).waitFor();

    expect(await card.locator('header p').textContent()).toContain('Rheinufer Verlag');
    expect(await card.getByText('Not available now.').count()).toBe(1);
    expect(await card.getByRole('alert').locator('p').allInnerTexts()).toEqual([
      'The payment processor cannot be reached or failed. Try again later.',
    ]);
    await takeScreenshots(page, 'web-error');

    gateway.sandbox.stripe.fault = null;
    await card.getByRole('button', { name: 'Try again' }).click();
    await card.getByText('Not available now.').waitFor({ state: 'detached' });
    expect(await card.getByRole('alert').count()).toBe(0);
  });

  it('fits a phone: the list, then the customer, and back to the same place with the keyboard', async () => {
    const { page } = watched;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: '‹ Customers' }).click();
    expect(await page.getByRole('article').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.innerText')).toContain('Jürgen Brandt');

    await takeScreenshot(page, 'web-list-390');

    await page.keyboard.press('Enter');
    await page.getByRole('article').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.innerText')).toBe('‹ Customers');
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').waitFor();
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('asks its own origin only, and the browser has nothing to complain about', () => {
    expect([...watched.origins]).toEqual([new URL(watched.page.url()).origin]);
    expect(watched.troubles).toEqual([]);
  });
});
