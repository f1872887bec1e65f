import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { describeInChromium, launchChromium, takeScreenshot } from '../browser/chromium.ts';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { codeBlock } from '../docs/code-blocks.ts';
import { DESKTOP, PHONE, playgroundOf } from './playground-page.ts';

describeBuilt('of the built gateway', () => {
  describeInChromium('the playground of a graph with the weather feed', () => {
    let gateway: Program;
    let browser: Browser;

    // Each has a cache of its own.
    beforeEach(async () => {
      gateway = startProgram('gateway.js', [], {
        PORT: '0',
        VENDOR_TIMEOUT_MS: '0',
        GRAPH: resolve('examples/connectors/weather/graph.yaml'),
      });
      [browser] = await Promise.all([launchChromium(), gateway.url]);
    }, 60_000);

    afterEach(async () => {
      await browser.close();
      await gateway.end();
    });

    it.each([
      ['1440', DESKTOP],
      ['390', PHONE],
    ])('shows the forecasts and the calls behind them, %s pixels wide', async (width, viewport) => {
      const query = codeBlock('examples/connectors/weather/README.md', 'graphql');
      const page = await browser.newPage({ viewport, colorScheme: 'light' });
      await page.goto(`${await gateway.url}/?${new URLSearchParams({ query }).toString()}`);
      const { ready, run, callRows } = playgroundOf(page);
      await ready();
      await run();
      await callRows.first().waitFor({ state: 'attached' });
      const calls = (await callRows.allTextContents()).join('\n');
      expect(calls).toContain('/alerts/active');
      expect(calls).toContain('/weatherapi/locationforecast/2.0/complete');
      expect(await page.locator('.graphiql-response').textContent()).toContain('MET_NORWAY');
      await takeScreenshot(page, `weather-${width}`);
      await page.close();
    });
  });
});
