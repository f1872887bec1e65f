import { createHash } from 'node:crypto';

/** Names what a graph is made of: the same for the same. Holds nothing of it. */
export function revisionOf(...sources: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify(sources));
  return digest.digest('hex').slice(0, 12);
}
