import { createMemoryBudgets } from './memory-budgets.ts';
import { createMemoryAnswers, createMemoryPlaces, createMemoryTexts } from './memory-state.ts';
import { createRedisBudgets } from './redis-budgets.ts';
import { createRedisClock } from './redis-clock.ts';
import { RedisLink, type RedisLinkOptions } from './redis-connection.ts';
import { createRedisPlaces, type SharedPlaces } from './redis-places.ts';
import { createRedisVersions } from './redis-versions.ts';
import type { PlaceStore, SharedState, TextStore } from './shared-state.ts';

/** What all instances with the same Redis know together; while it is gone, what this one knows. */
export async function openRedisState({ url, onChange }: RedisLinkOptions): Promise<SharedState> {
  const link = new RedisLink({
    url,
    onChange: (isShared) => {
      if (isShared) void versions.share();
      onChange(isShared);
    },
  });
  const versions = createRedisVersions(link);
  const now = createRedisClock(link);
  const [sharedBudgets, ownBudgets] = [createRedisBudgets(link), createMemoryBudgets()];
  await link.open();
  return {
    texts: { ...createRedisTexts(link, 'tributary:', createMemoryTexts()), now },
    answers: { ...createRedisTexts(link, 'tributary:answer:', createMemoryAnswers()), now, ...versions },
    places: orElse(createRedisPlaces(link), createMemoryPlaces()),
    budgets: {
      spend: async (key, amount, budget) => (await sharedBudgets.spend(key, amount, budget)) ?? ownBudgets.spend(key, amount, budget),
    },
    redis: link,
    close: () => {
      link.close();
      return Promise.resolve();
    },
  };
}

/** Texts are kept here too: what this instance wrote it still knows when Redis is lost, and what it wrote meanwhile afterwards. */
function createRedisTexts(link: RedisLink, prefix: string, own: TextStore): Omit<TextStore, 'now'> {
  return {
    get: async (key) => (await link.ask((redis) => redis.get(prefix + key))) ?? own.get(key),
    set: async (key, text, seconds) => {
      await own.set(key, text, seconds);
      await link.ask((redis) => redis.set(prefix + key, text, { expiration: { type: 'EX', value: seconds } }));
    },
    claim: async (key, text, seconds) => {
      const expiration = { type: 'EX', value: seconds } as const;
      // With GET the answer is what was there before: null where the key was free.
      const before = await link.ask((redis) => redis.set(prefix + key, text, { condition: 'NX', GET: true, expiration }));
      if (typeof before === 'string') return before;
      const known = await own.claim(key, text, seconds);
      if (known !== null && before === null) await link.ask((redis) => redis.set(prefix + key, known, { expiration }));
      return known;
    },
    delete: async (key) => {
      await own.delete(key);
      await link.ask((redis) => redis.del(prefix + key));
    },
  };
}

const orElse = (shared: SharedPlaces, own: PlaceStore): PlaceStore => ({
  take: async (key, rate) => (await shared.take(key, rate)) ?? own.take(key, rate),
});
