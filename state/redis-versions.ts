import { randomUUID } from 'node:crypto';
import type { RedisLink } from './redis-connection.ts';
import type { Versions } from './shared-state.ts';

export interface RedisVersions extends Versions {
  /** Makes known to the others that there were changes here while Redis was lost. */
  share(): Promise<void>;
}

/** Versions that all instances share. While Redis is lost, each instance knows of its own changes. */
export function createRedisVersions(link: RedisLink): RedisVersions {
  const known = new Map<string, string>();
  /** Groups of which Redis does not know that they were changed here. */
  const unshared = new Set<string>();
  /** @returns undefined where Redis has not said that it has the version; it may have it all the same. */
  const publish = async (group: string): Promise<string | undefined> => {
    const version = randomUUID();
    const answer = await link.ask((redis) => redis.set(nameOf(group), version, { expiration: EXPIRATION }));
    if (answer === undefined) return undefined;
    known.set(group, version);
    unshared.delete(group);
    return version;
  };
  /** Not the version that Redis may have all the same: there it might come after another instance's change. */
  const keepToMyself = (group: string): string => {
    const version = randomUUID();
    known.set(group, version);
    unshared.add(group);
    return version;
  };
  return {
    share: async () => {
      await Promise.all([...unshared].map(publish));
    },
    renewVersion: async (group) => (await publish(group)) ?? keepToMyself(group),
    version: async (group) => {
      const before = known.get(group);
      if (before !== undefined && unshared.has(group)) return (await publish(group)) ?? before;
      // A version that Redis has forgotten is replaced by a new one: an old one would bring back what was void.
      const fresh = randomUUID();
      const options = { condition: 'NX', GET: true, expiration: EXPIRATION } as const;
      const shared = await link.ask((redis) => redis.set(nameOf(group), fresh, options));
      const version = shared === undefined ? (before ?? fresh) : (shared ?? fresh);
      if (known.get(group) === before) known.set(group, version);
      return version;
    },
  };
}

const nameOf = (group: string) => `tributary:version:${group}`;

/** Longer than anything is kept with a version. */
const EXPIRATION = { type: 'EX', value: 90_000 } as const;
