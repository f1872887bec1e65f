import type { Random } from './random.ts';

/** The moment at which the world stands still. */
export const WORLD_TIME = Date.parse('2026-03-01T09:00:00.000Z');

export const DAY = 24 * 60 * 60 * 1000;

const WORLD_BEGINS = Date.parse('2023-02-01T08:00:00.000Z');

/** Creation times rise with the key, as a vendor's record ids do; an update lies between creation and the world's time. */
export function timesOf(key: number, count: number, random: Random) {
  const step = (WORLD_TIME - 7 * DAY - WORLD_BEGINS) / count;
  const createdAt = Math.floor(WORLD_BEGINS + (key + random.fraction() * 0.9) * step);
  const updatedAt = createdAt + Math.floor(random.fraction() * (WORLD_TIME - createdAt));
  return {
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}
