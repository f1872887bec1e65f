import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createKeyFile, type KeyFile } from '../gateway/access/key-file.ts';
import { describeInChromium, launchChromium } from '../browser/chromium.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

describeInChromium('the playground of a gateway that is closed', () => {
  let keys: KeyFile;
  let gateway: TestGateway;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    keys = await createKeyFile();
    [gateway, browser] = await Promise.all([
      startTestGateway({ environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path } }),
      launchChromium(),
    ]);
    page = await browser.newPage();
    await page.goto(gateway.url);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await keys.remove();
  });

  const execute = () => page.getByRole('button', { name: /execute query/i }).click();
  const response = (text: string) =>
    page.locator('.graphiql-response').getByText(text).first().waitFor();

  it('says what it wants', async () => {
    await execute();
    await response('UNAUTHENTICATED');
  });

  it('sends the credential that is written among the headers', async () => {
    const key = await keys.add();
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
    await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${key}` }));
    await execute();
    await response('"customers"');
    // Whoever uses the browser next must not find it.
    expect(
      await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })'),
    ).not.toContain(key);
  });
});
