import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { describe } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** A suite that needs a real browser; where there is none, it is skipped and says so. */
export function describeInChromium(name: string, suite: () => void): void {
  if (existsSync(CHROMIUM)) {
    describe(name, suite);
    return;
  }
  process.stderr.write(`Skipped "${name}": there is no ${CHROMIUM}.\n`);
  describe.skip(name, suite);
}

export function launchChromium(): Promise<Browser> {
  // Without these, Chromium itself looks for hosts on the internet, and root may not start it.
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', ...quiet],
  });
}

/** A page, and what happened on it. */
export interface WatchedPage {
  readonly page: Page;
  /** The origin of every request but those for inlined data. */
  readonly origins: Set<string>;
  /** Errors and warnings on the console, content security violations among them, failed requests and uncaught exceptions. */
  readonly troubles: string[];
}

export async function openWatchedPage(browser: Browser, url: string): Promise<WatchedPage> {
  const page = await browser.newPage({
    viewport: { width: 1500, height: 900 },
    colorScheme: 'light',
  });
  const origins = new Set<string>();
  const troubles: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) origins.add(new URL(request.url()).origin);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${String(response.status())} ${response.url()}`);
  });
  page.on('requestfailed', (request) => troubles.push(`failed ${request.url()}`));
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  await page.goto(url);
  return { page, origins, troubles };
}

/** Writes `docs/images/<name>.png` when asked to: `npm run screenshots`. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return;
  await mkdir('docs/images', { recursive: true });
  await page.screenshot({ path: `docs/images/${name}.png` });
}
