import { hash } from 'node:crypto';

/** A hash of a graph's sources. It reveals none of their content. */
export function revisionOf(...sources: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(sources)).slice(0, 12);
}
