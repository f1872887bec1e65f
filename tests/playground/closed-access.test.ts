import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createKeyFile, type KeyFile } from '../gateway/access/key-file.ts';
import { describeInChromium, launchChromium, takeScreenshot } from '../browser/chromium.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { DESKTOP, PHONE, playgroundOf } from './playground-page.ts';

describeInChromium('the playground of a gateway that is closed', () => {
  let keys: KeyFile;
  let key: string;
  let expired: string;
  let gateway: TestGateway;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    keys = await createKeyFile();
    key = await keys.add();
    expired = await keys.add({ expiresAt: '2020-01-01T00:00:00.000Z' });
    [gateway, browser] = await Promise.all([
      startTestGateway({ environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path } }),
      launchChromium(),
    ]);
    const context = await browser.newContext({ viewport: DESKTOP });
    page = await context.newPage();
    await page.goto(gateway.url);
    await playgroundOf(page).ready();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await keys.remove();
  });

  const execute = () => playgroundOf(page).run();
  const response = (text: string) =>
    page.locator('.graphiql-response').getByText(text).first().waitFor();
  const box = () => page.getByRole('region', { name: 'Sign in' });
  const enter = async (key: string) => {
    await page.getByLabel('API key or access token').fill(key);
    await box().getByRole('button', { name: 'Sign in' }).click();
  };
  const opener = (name: string) => page.getByRole('button', { name, exact: true }).first();
  const stored = () => page.evaluate<string>('JSON.stringify({ ...localStorage })');

  /** A picture for each width. */
  async function takeBoth(name: string) {
    await takeScreenshot(page, `${name}-${String(DESKTOP.width)}`);
    await page.setViewportSize(PHONE);
    await takeScreenshot(page, `${name}-${String(PHONE.width)}`);
    await page.setViewportSize(DESKTOP);
  }

  it('shows the sign-in box as soon as the schema is refused', async () => {
    await box().getByText('This gateway requires an API key.').waitFor();
    await takeBoth('playground-signed-out');
    await page.keyboard.press('Escape');
    await box().waitFor({ state: 'detached' });
  });

  it('says what it wants', async () => {
    await execute();
    await response('UNAUTHENTICATED');
  });

  it('sends the credential that is written among the headers', async () => {
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    const editor = page.locator('.graphiql-editor-tool .monaco-editor:visible');
    await editor.click();
    await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${key}` }));
    await execute();
    await response('"customers"');
    // The next user of the browser must not find it.
    expect(
      await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })'),
    ).not.toContain(key);
    await editor.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
  });

  it('sends nothing that cannot be a key', async () => {
    await opener('Sign in').click();
    await enter('not a key');
    await box().getByRole('alert').getByText('only letters, digits').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('shows why a key is refused, and the sign-in box again', async () => {
    await enter(expired);
    await box().getByRole('alert').waitFor();
    expect(await box().getByRole('alert').textContent()).toMatch(/key/i);
  });

  it('sends a key for all tabs, and reads the schema with it', async () => {
    await enter(`  Bearer ${key} `);
    await opener('Signed in').waitFor();
    await box().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-plugin').getByText('Root Types').waitFor();
    await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
    await execute();
    await response('"customers"');
    await takeBoth('playground-signed-in');
    await page.getByRole('tab', { name: 'CustomerByEmail' }).click();
    await execute();
    await response('"customerByEmail"');
    expect(await stored()).not.toContain(key);
    expect(page.url()).toBe(`${gateway.url}/`);
  });

  it('is still signed in after a reload, and in no other browser tab', async () => {
    await page.reload();
    await playgroundOf(page).ready();
    await opener('Signed in').waitFor();
    const other = await page.context().newPage();
    await other.goto(gateway.url);
    await other.getByText('This gateway requires an API key.').waitFor();
    await other.close();
  });

  it('forgets the key when the user signs out', async () => {
    await opener('Signed in').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await box().getByText('This gateway requires an API key.').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });
});
