import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './redis-connection.ts';
import type { Versions } from './shared-state.ts';

export interface RedisVersions extends Versions {
  /** Makes known to the others that there were changes here while Redis was lost. */
  share(): Promise<void>;
}

/** Versions that all instances share. While Redis is lost, each instance knows of its own changes. */
export function createRedisVersions(connection: RedisConnection): RedisVersions {
  const known = new Map<string, string>();
  /** Groups that were changed here while Redis was lost, each with the version this instance uses meanwhile. */
  const unshared = new Map<string, string>();
  /** By the version that this instance uses meanwhile: a later change is published by itself. */
  const publishing = new Map<string, Promise<string | undefined>>();
  /** @returns undefined where Redis has not said that it has the version; it may have it all the same. */
  const publish = async (group: string): Promise<string | undefined> => {
    const version = randomUUID();
    const changedBefore = unshared.get(group);
    const reply = await connection.run((redis) =>
      redis.set(nameOf(group), version, { expiration: EXPIRATION }),
    );
    if (reply === undefined) return undefined;
    known.set(group, version);
    if (unshared.get(group) === changedBefore) unshared.delete(group);
    return version;
  };
  /** Once for all who ask at the same time: a second version would make void what was kept with the first. */
  const publishUnshared = (group: string, own: string): Promise<string | undefined> => {
    const pending = publishing.get(own);
    if (pending !== undefined) return pending;
    const published = publish(group).finally(() => publishing.delete(own));
    publishing.set(own, published);
    return published;
  };
  /** Not the version that Redis may have all the same: there it might come after another instance's change. */
  const renewLocally = (group: string): string => {
    const version = randomUUID();
    known.set(group, version);
    unshared.set(group, version);
    return version;
  };
  return {
    share: async () => {
      await Promise.all([...unshared].map(([group, own]) => publishUnshared(group, own)));
    },
    renewVersion: async (group) => (await publish(group)) ?? renewLocally(group),
    version: async (group) => {
      const before = known.get(group);
      const own = unshared.get(group);
      if (own !== undefined) return (await publishUnshared(group, own)) ?? own;
      // A version that Redis has forgotten is replaced by a new one: an old one would bring back what was void.
      const fresh = randomUUID();
      const options = { condition: 'NX', GET: true, expiration: EXPIRATION } as const;
      const shared = await connection.run((redis) => redis.set(nameOf(group), fresh, options));
      const version = shared === undefined ? (before ?? fresh) : (shared ?? fresh);
      if (known.get(group) === before) known.set(group, version);
      return version;
    },
  };
}

const nameOf = (group: string) => `tributary:version:${group}`;

/** Longer than anything is kept with a version. */
const EXPIRATION = { type: 'EX', value: 90_000 } as const;
