import { hash } from 'node:crypto';

/** The `extensions` that name a document by its hash. */
export const persistedAs = (text: string) => ({
  persistedQuery: { version: 1, sha256Hash: hash('sha256', text) },
});
