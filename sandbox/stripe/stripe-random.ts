import { createHash } from 'node:crypto';
import { createRandom, type Random } from '../world/random.ts';

/** Choices that look random and are the same each time. */
export interface SeededRandom extends Random {
  /** Takes each item as often as its weight says. */
  weighted<Item>(items: readonly [readonly [Item, number], ...(readonly [Item, number])[]]): Item;
}

/** Seeded by a text, such as an id, so that one customer's data don't depend on how many came before. */
export function createSeededRandom(seed: string): SeededRandom {
  const random = createRandom(createHash('sha256').update(seed).digest().readUInt32LE());
  return {
    ...random,
    weighted(items) {
      let rest = random.fraction() * items.reduce((sum, [, weight]) => sum + weight, 0);
      return (items.find(([, weight]) => (rest -= weight) < 0) ?? items[0])[0];
    },
  };
}
