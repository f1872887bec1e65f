import { hash } from 'node:crypto';

/** Names what a graph is made of: the same for the same. Holds nothing of it. */
export function revisionOf(...sources: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(sources)).slice(0, 12);
}
