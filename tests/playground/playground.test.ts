import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import {
  describeInChromium,
  launchChromium,
  openWatchedPage,
  takeScreenshot,
  type WatchedPage,
} from '../browser/chromium.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

describeInChromium('the playground', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), launchChromium()]);
    // As far away as vendors are, so that the picture tells the truth.
    gateway.sandbox.hubspot.latencyMs = 90;
    gateway.sandbox.stripe.latencyMs = 120;
    gateway.sandbox.google.latencyMs = 60;
    // Its connections stand, as those of a gateway that has run for a while.
    await gateway.query(
      '{ customers { nodes { payments { nodes { id } } address { place { id } } } } }',
    );
    watched = await openWatchedPage(browser, gateway.url);
    page = watched.page;
    // The editor is there once it has drawn lines.
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  it('is named and opens with an example in each tab', async () => {
    expect(await page.title()).toBe('Tributary');
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual([
      'Customers',
      'CustomerByEmail',
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

  it('runs the example and shows the calls that answer it', async () => {
    await page.getByRole('button', { name: /execute query/i }).click();
    const calls = page.locator('.upstream-calls tbody tr');
    await calls.first().waitFor();

    expect(await page.locator('.graphiql-response').textContent()).toContain('"customers"');
    expect(await page.locator('.upstream summary').innerText()).toMatch(
      /^\d+ upstream calls\s+hubspot 2\s+stripe \d+\s+google \d+\s+\d+ ms · \d+\.\d kB$/,
    );
    const rows = await calls.allInnerTexts();
    expect(rows[0]).toMatch(/^hubspot\tGET \/crm\/\S+\t\t200\t\S+ ms/);
    expect(new Set(rows.map((row) => row.split('\t')[0]))).toEqual(
      new Set(['hubspot', 'stripe', 'google']),
    );
    expect(rows.filter((row) => /\t×\d+\t/.test(row))).toEqual([
      expect.stringMatching(/^hubspot\tPOST .*\/batch\/read\t×\d+\t200\t/),
    ]);

    await page.getByRole('button', { name: 'Hide editor tools' }).click();
    await page.locator('.tributary-logo').hover();
    await takeScreenshot(page, 'playground');
  });

  it('shows the answer as every client gets it, without the trace', async () => {
    await page.locator('.graphiql-response').getByText('"customers"').click();
    await page.keyboard.press('Control+End');
    expect(await page.locator('.graphiql-response').textContent()).not.toContain('extensions');
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
    expect(await page.locator('.upstream-empty').textContent()).toBe(
      'Run an operation to see the REST calls that answer it.',
    );
    await page.locator('#graphiql-session-tab-0').click();
    await page.locator('.upstream-calls tbody tr').first().waitFor();
  });

  it('asks no other host, and the browser has nothing to complain about', () => {
    expect([...watched.origins]).toEqual([new URL(gateway.url).origin]);
    expect(watched.troubles).toEqual([]);
  });
});
