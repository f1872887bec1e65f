import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import {
  describeInChromium,
  launchChromium,
  openWatchedPage,
  takeScreenshot,
  type WatchedPage,
} from '../browser/chromium.ts';
import { lowContrastTexts } from '../browser/contrast.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { DESKTOP, PHONE, playgroundOf } from './playground-page.ts';

const EMPTY = 'Run a query or a mutation to see the REST calls that answer it.';

describeInChromium('the playground', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), launchChromium()]);
    // With the latency of real vendors, so that the picture is realistic.
    gateway.sandbox.hubspot.latencyMs = 90;
    gateway.sandbox.stripe.latencyMs = 120;
    gateway.sandbox.google.latencyMs = 60;
    // Its connections stand, as those of a gateway that has run for a while.
    await gateway.query(
      '{ customers { nodes { payments { nodes { id } } address { place { id } } } } }',
    );
    watched = await openWatchedPage(browser, gateway.url);
    page = watched.page;
    await page.setViewportSize(DESKTOP);
    await playgroundOf(page).ready();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  async function expectContrast() {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await lowContrastTexts(page, '.graphiql-footer')).toEqual([]);
    }
  }

  it('is named, has an icon and opens with an example in each tab, a mutation among them', async () => {
    expect(await page.title()).toBe('Tributary');
    const icon = await page.locator('link[rel=icon]').getAttribute('href');
    const response = await fetch(`${gateway.url}${icon ?? ''}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual([
      'Customers',
      'CustomerByEmail',
      'CreateCustomer',
      'PaymentChanges',
      'PaymentOrigin',
      'CompanyPeople',
      'DealsBoard',
      'CustomerSearch',
      'OpenInvoices',
      'BillingAccount',
      'Places',
      'Travel',
    ]);
  });

  it('runs the example and shows its cost and its calls, equal ones in one row with the reason', async () => {
    const { run, callRows } = playgroundOf(page);
    await run();
    await callRows.first().waitFor();

    expect(await page.locator('.graphiql-response').textContent()).toContain('"customers"');
    expect(await page.locator('.upstream summary').innerText()).toMatch(
      /^\d+ calls\s+hubspot 2\s+(?:(?:stripe|google) \d+\s+){2}cost \d+, at most \d+ calls\s+\d+ ms\s+\d+\.\d kB$/,
    );
    const rows = (await callRows.allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' '));
    expect(rows.map((row) => row.replace(/ \S+ ms\s*$/, '')).sort()).toEqual([
      expect.stringMatching(/^google GET \/maps\S+ ×\d+: Google looks up one address .* 200$/),
      expect.stringMatching(/^hubspot GET \/crm\/\S+ 200$/),
      expect.stringMatching(/^hubspot POST \S+\/batch\/read ×\d+ 200$/),
      expect.stringMatching(/^stripe GET \/v1\/customers 200$/),
      expect.stringMatching(/^stripe GET \/v1\/customers\/search ×\d+ ×10, ×\d+ 200$/),
      expect.stringMatching(/^stripe GET \/v1\/payment_intents ×\d+: Stripe has no batch .* 200$/),
    ]);

    await expectContrast();
    await page.getByRole('button', { name: 'Hide editor tools' }).click();
    await page.locator('.tributary-logo').hover();
    await takeScreenshot(page, 'playground-query-1440');
  });

  it('shows the answer as every client gets it, without trace and cost', async () => {
    await page.locator('.graphiql-response').getByText('"customers"').click();
    await page.keyboard.press('Control+End');
    expect(await page.locator('.graphiql-response').textContent()).not.toContain('extensions');
  });

  it('runs the mutation', async () => {
    await page.getByRole('tab', { name: 'CreateCustomer' }).click();
    await playgroundOf(page).run();
    await page.locator('.graphiql-response').getByText('"Ada Berg"').waitFor();
  });

  it('completes a field', async () => {
    await page.getByRole('button', { name: 'New tab' }).click();
    await page.locator('.graphiql-query-editor .monaco-editor').click();
    await page.keyboard.type('{ custom', { delay: 20 });
    const suggestions = page.locator('.suggest-widget .monaco-list-row');
    await suggestions.first().waitFor();
    const names = await suggestions.locator('.label-name').allTextContents();
    expect(names).toEqual(expect.arrayContaining(['customer', 'customerByEmail', 'customers']));
  });

  it('keeps the calls of each tab, and shows none for an operation that was not run', async () => {
    expect(await page.locator('.upstream-empty').textContent()).toBe(EMPTY);
    await page.locator('#graphiql-session-tab-0').click();
    await page.locator('.upstream-calls tbody tr').first().waitFor();
  });

  it('asks no other host, and the browser has nothing to complain about', () => {
    expect([...watched.origins]).toEqual([new URL(gateway.url).origin]);
    expect(watched.troubles).toEqual([]);
  });

  it('marks the calls that failed', async () => {
    gateway.sandbox.google.fault = '503';
    const { run } = playgroundOf(page);
    await page.getByRole('tab', { name: 'Places' }).click();
    await run();
    await page.locator('.upstream-failed').first().waitFor();
    await expectContrast();
    // The retries are counted, and no lack of a batch is their reason.
    const [row = ''] = await page.locator('.upstream-call').allInnerTexts();
    expect(row).toMatch(/\s×\d failed$/);
    expect(await page.locator('.upstream summary').innerText()).toMatch(/calls without retries/);
    await page.locator('.tributary-logo').hover();
    await takeScreenshot(page, 'playground-error-1440');
    await page.setViewportSize(PHONE);
    await page.getByRole('tab', { name: /^Response/ }).click();
    await page.getByRole('tab', { name: 'Response error' }).waitFor();
    await page.getByRole('tab', { name: 'Places' }).scrollIntoViewIfNeeded();
    await takeScreenshot(page, 'playground-error-390');
    gateway.sandbox.google.fault = null;
  });
});

describeInChromium('the playground on a phone', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), launchChromium()]);
    page = await browser.newPage({ viewport: PHONE, hasTouch: true, isMobile: true });
    await page.goto(gateway.url);
    await playgroundOf(page).ready();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  const shown = async () => ({
    operation: await page.locator('.graphiql-query-editor').isVisible(),
    response: await page.locator('.result-window').isVisible(),
    calls: await page.locator('.upstream-calls').isVisible(),
  });
  it('has room for every button of its header, signed in or not', async () => {
    const boxes = async () =>
      Promise.all(
        ['.tributary-logo', '.graphiql-sidebar > button:visible >> nth=-1', '.sign-in-button'].map(
          (selector) => page.locator(selector).boundingBox(),
        ),
      );
    const [logo, settings, signIn] = await boxes();
    expect((logo?.x ?? NaN) + (logo?.width ?? NaN)).toBeLessThanOrEqual(settings?.x ?? NaN);
    expect((settings?.x ?? NaN) + (settings?.width ?? NaN)).toBeLessThanOrEqual(signIn?.x ?? NaN);
  });

  const widths = () =>
    page.evaluate<number>(
      "Math.max(...[...document.querySelectorAll('.graphiql-logo *, .view-tabs *, .graphiql-footer *')].map((element) => element.getBoundingClientRect().right), document.documentElement.scrollWidth)",
    );

  it('shows one part at a time, and the response after a run', async () => {
    expect(await shown()).toEqual({ operation: true, response: false, calls: false });
    await page.getByRole('button', { name: /execute query/i }).tap();
    await page.getByRole('tab', { name: /^Calls \d+$/ }).waitFor();
    expect(await shown()).toEqual({ operation: false, response: true, calls: false });
    await takeScreenshot(page, 'playground-query-390');
    await page.getByRole('tab', { name: /^Calls/ }).tap();
    expect(await shown()).toEqual({ operation: false, response: false, calls: true });
    await takeScreenshot(page, 'playground-calls-390');
    await page.getByRole('tab', { name: 'Operation' }).tap();
    expect(await shown()).toEqual({ operation: true, response: false, calls: false });
  });

  it.each(['Operation', 'Response', 'Calls', 'Events'])(
    'has nothing beyond the edge: %s',
    async (name) => {
      await page.getByRole('tab', { name: new RegExp(`^${name}`) }).tap();
      expect(await widths()).toBeLessThanOrEqual(PHONE.width);
    },
  );

  it('shows the documentation over everything else, and closes it', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).tap();
    const box = await page.locator('.graphiql-plugin').boundingBox();
    expect(box).toMatchObject({ x: 0, width: PHONE.width });
    await page.getByRole('button', { name: 'Hide Documentation Explorer' }).tap();
    await page.getByRole('tab', { name: 'Operation' }).tap();
    expect(await shown()).toMatchObject({ operation: true });
  });
});
