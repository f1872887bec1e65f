import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import {
  describeInChromium,
  launchChromium,
  openWatchedPage,
  takeScreenshot,
  type WatchedPage,
} from '../browser/chromium.ts';
import { changeOf } from '../events/changes.ts';
import { lowContrastTexts } from '../browser/contrast.ts';
import { createKeyFile, type KeyFile } from '../gateway/access/key-file.ts';
import { openEventsInMemory } from '../gateway/open-test-events.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import {
  changePayment,
  findChangeableRecords,
  twoPayments,
} from '../gateway/transports/changes.ts';
import { readMetrics } from '../monitoring/read-metrics.ts';
import { freePort } from '../state/redis-server.ts';
import { until } from '../until.ts';
import { DESKTOP, PHONE, playgroundOf } from './playground-page.ts';

const EMPTY = 'No events yet. Run a mutation, or start with SANDBOX_EVENTS=busy.';

const responseOf = (page: Page) => page.locator('.graphiql-response');
const rowsOf = (page: Page) => page.locator('.events tbody tr');
const openTab = (page: Page, name: string) =>
  page.getByRole('tab', { name, exact: true }).first().click();

/** Waits until the gateway has so many open streams. */
async function streams({ url }: TestGateway, count: number): Promise<void> {
  const open = async () => (await readMetrics(url)).get('tributary_streams{transport="websocket"}');
  await until(`${String(count)} open streams`, async () => (await open()) === count);
}

/** Refunds a payment, by the gateway. @returns its id */
async function refund(gateway: TestGateway): Promise<string> {
  const { payment: id } = await findChangeableRecords((text) => gateway.query(text));
  const answer = await gateway.query(
    'mutation ($id: ID!) { refundPayment(input: { paymentId: $id }) { refund { id } userErrors { message } } }',
    { id },
  );
  expect(answer.data.refundPayment).toMatchObject({ refund: { id: expect.any(String) } });
  return id;
}

describeInChromium('the playground with a vendor that sends events', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [gateway, browser] = await Promise.all([
      startTestGateway({ receivesEvents: true }),
      launchChromium(),
    ]);
    watched = await openWatchedPage(browser, gateway.url);
    page = watched.page;
    await page.setViewportSize(DESKTOP);
    await playgroundOf(page).ready();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  it('runs a subscription, shows each payload, and ends it when it is stopped', async () => {
    await openTab(page, 'PaymentChanges');
    await playgroundOf(page).run();
    await streams(gateway, 1);
    await refund(gateway);
    await responseOf(page).getByText('"paymentChanged"').waitFor();
    await page.getByRole('button', { name: /stop query/i }).click();
    await streams(gateway, 0);
  });

  it('says what makes an event while there is none, and opens no WebSocket before its tab', async () => {
    await openTab(page, 'Events');
    await page.getByText(EMPTY).waitFor();
    await streams(gateway, 8);
  });

  it('shows each change in a row, the newest first', async () => {
    const first = await refund(gateway);
    await rowsOf(page).filter({ hasText: first }).first().waitFor();
    const second = await refund(gateway);
    await rowsOf(page).filter({ hasText: second }).first().waitFor();
    const rows = await rowsOf(page).allInnerTexts();
    expect(rows[0]?.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`^\\d+:\\d+:\\d+( [AP]M)? Payment updated ${second}$`),
    );
    expect(rows.at(-1)).toContain(first);
  });

  it('goes on where it has ended when its tab is opened again', async () => {
    await openTab(page, 'Calls');
    await streams(gateway, 0);
    const meanwhile = await refund(gateway);
    await openTab(page, 'Events');
    await rowsOf(page).filter({ hasText: meanwhile }).first().waitFor();
  });

  it('says that the connection is lost, and shows what changed meanwhile when it is back', async () => {
    const events = await openEventsInMemory();
    const environment = { PORT: String(await freePort()) };
    const first = await startTestGateway({ events, environment });
    const own = await browser.newPage({ viewport: DESKTOP, colorScheme: 'light' });
    await own.goto(first.url);
    await playgroundOf(own).ready();
    await openTab(own, 'Events');
    await own.getByText(EMPTY).waitFor();
    await streams(first, 8);
    const [before, meanwhile] = await twoPayments(first);
    await changePayment(first, before);
    await rowsOf(own).filter({ hasText: before }).first().waitFor();

    await first.close();
    const alert = own.getByRole('alert').filter({ hasText: 'Connecting again…' });
    await alert.waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await own.emulateMedia({ colorScheme });
      expect(await lowContrastTexts(own, '.graphiql-footer')).toEqual([]);
    }
    await changePayment(first, meanwhile);
    const second = await startTestGateway({ events, environment });
    await rowsOf(own).filter({ hasText: meanwhile }).first().waitFor();
    expect(await alert.count()).toBe(0);
    await own.close();
    await second.close();
    await events.close();
  }, 60_000);

  it('keeps 100 rows', async () => {
    const changes = Array.from({ length: 120 }, (_, index) =>
      changeOf(`deal-${String(index)}`, { vendor: 'hubspot', type: 'Deal' }),
    );
    await gateway.events.log.append([{ key: 'many', changes }]);
    await rowsOf(page).filter({ hasText: 'deal-119' }).waitFor();
    expect(await rowsOf(page).count()).toBe(100);
  });

  it('is one of the view tabs on a narrow screen, with nothing beyond the edge', async () => {
    const other = await browser.newPage({ viewport: DESKTOP, colorScheme: 'light' });
    await other.goto(gateway.url);
    await playgroundOf(other).ready();
    await openTab(other, 'Events');
    await streams(gateway, 16);
    const id = await refund(gateway);
    await rowsOf(other).filter({ hasText: id }).first().waitFor();
    await takeScreenshot(other, 'playground-events-1440');
    await other.setViewportSize(PHONE);
    await other.locator('.view-tabs').getByRole('tab', { name: 'Events' }).click();
    await rowsOf(other).first().waitFor();
    await takeScreenshot(other, 'playground-events-390');
    expect(await other.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    await other.close();
  });

  it('asks no other host, and the browser has nothing to complain about', () => {
    expect([...watched.origins]).toEqual([new URL(gateway.url).origin]);
    expect(watched.troubles).toEqual([]);
  });
});

describeInChromium('subscriptions in the playground of a gateway that is closed', () => {
  let keys: KeyFile;
  let key: string;
  let gateway: TestGateway;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    keys = await createKeyFile();
    key = await keys.add();
    [gateway, browser] = await Promise.all([
      startTestGateway({ environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path } }),
      launchChromium(),
    ]);
    page = await browser.newPage({ viewport: DESKTOP });
    await page.goto(gateway.url);
    await playgroundOf(page).ready();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await keys.remove();
  });

  const box = () => page.getByRole('region', { name: 'Sign in' });

  it('are refused without a key, which the box for it says', async () => {
    await box().waitFor();
    await page.keyboard.press('Escape');
    await openTab(page, 'PaymentChanges');
    await playgroundOf(page).run();
    await responseOf(page).getByText('UNAUTHENTICATED').waitFor();
  });

  it('run with the key that was entered', async () => {
    const button = page.getByRole('button', { name: 'Sign in', exact: true }).first();
    if (!(await box().isVisible())) await button.click();
    await page.getByLabel('API key or access token').fill(key);
    await box().getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Signed in' }).waitFor();
    await playgroundOf(page).run();
    await streams(gateway, 1);
    await openTab(page, 'Events');
    await streams(gateway, 9);
  });
});
