import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { describeInChromium, launchChromium } from '../browser/chromium.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { DESKTOP, playgroundOf } from './playground-page.ts';

const QUERY = 'query Linked($first: Int) { customers(first: $first) { nodes { id } } }';
const VARIABLES = '{"first":2}';

describeInChromium('a link to an operation', () => {
  let gateway: TestGateway;
  let browser: Browser;

  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), launchChromium()]);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  const linkTo = (query: string) =>
    `${gateway.url}/?${new URLSearchParams({ query, variables: VARIABLES }).toString()}`;
  const editorOf = (page: Page) => page.locator('.graphiql-query-editor .view-lines');

  /** A page of a new visitor, and the operations that it sends. */
  async function open(url: string) {
    const context = await browser.newContext({
      viewport: DESKTOP,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const operations: string[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'POST') return;
      // A cast: the page sends this, and a test looks at the name alone.
      const { operationName } = request.postDataJSON() as { operationName?: string };
      operations.push(String(operationName));
    });
    await page.goto(url);
    await playgroundOf(page).ready();
    return { page, operations };
  }

  it('opens with its variables, is not run, and leaves the URL', async () => {
    const { page, operations } = await open(linkTo(QUERY));
    await editorOf(page).getByText('Linked').waitFor();
    await page.locator('.graphiql-editor-tool').getByText('"first"').waitFor();
    // The schema is there, so whatever the page does by itself it has done.
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-plugin').getByText('Root Types').waitFor();
    expect(operations).toEqual(['IntrospectionQuery']);
    expect(page.url()).toBe(`${gateway.url}/`);

    await playgroundOf(page).run();
    await page.locator('.graphiql-response').getByText('"customers"').waitFor();
    expect(operations).toEqual(['IntrospectionQuery', 'Linked']);
  });

  it('does not run a mutation either', async () => {
    const { page, operations } = await open(
      linkTo('mutation Write { updateDeal(input: { id: 1 }) { userErrors { code } } }'),
    );
    await editorOf(page).getByText('Write').waitFor();
    expect(operations).not.toContain('Write');
  });

  it('opens a tab of its own for a returning user', async () => {
    const { page } = await open(gateway.url);
    const tabs = page.locator('.graphiql-tab-button');
    const count = await tabs.count();
    await page.goto(linkTo(QUERY));
    await editorOf(page).getByText('Linked').waitFor();
    expect(await tabs.count()).toBe(count + 1);
  });

  it('of a size that no URL should have is not opened, and says so', async () => {
    const { page } = await open(linkTo(`{ a } # ${'x'.repeat(8_000)}`));
    await editorOf(page).getByText('is too long').waitFor();
  });

  it('is copied before anything was edited or run', async () => {
    const { page } = await open(linkTo(QUERY));
    await page.locator('.graphiql-editor-tool').getByText('"first"').waitFor();
    await page.getByRole('button', { name: 'Copy link to this operation' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(linkTo(QUERY));
  });

  it('is copied with the variables and without the headers', async () => {
    const { page } = await open(linkTo(QUERY));
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
    await page.keyboard.insertText('{"authorization":"Bearer secret-of-a-header"}');
    await page.getByRole('button', { name: 'Copy link to this operation' }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toBe(linkTo(QUERY));
  });
});
