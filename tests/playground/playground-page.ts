import type { Page } from 'playwright-core';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** What tests do on the playground's page. */
export const playgroundOf = (page: Page) => ({
  /** The editor is there once it has drawn lines. */
  ready: () => page.locator('.graphiql-query-editor .view-line').first().waitFor(),
  run: () => page.getByRole('button', { name: /execute query/i }).click(),
  callRows: page.locator('.upstream-calls tbody tr'),
});
