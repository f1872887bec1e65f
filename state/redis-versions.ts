import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './redis-connection.ts';
import type { Versions } from './shared-state.ts';

export interface RedisVersions extends Versions {
  /** Publishes the changes that were made here while Redis was lost. */
  share(): Promise<void>;
}

/** Versions that all instances share. While Redis is lost, each instance knows only its own changes. */
export function createRedisVersions(connection: RedisConnection): RedisVersions {
  const known = new Map<string, string>();
  /** Groups that were changed here while Redis was lost, with the version that this instance uses in the meantime. */
  const unshared = new Map<string, string>();
  /** By that version: a later change is published separately. */
  const publishing = new Map<string, Promise<string | undefined>>();
  /** @returns undefined if Redis has not confirmed the version, which it may have stored */
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
  /** Once for all simultaneous calls: a second version would invalidate what was stored with the first. */
  const publishUnshared = (group: string, own: string): Promise<string | undefined> => {
    const pending = publishing.get(own);
    if (pending !== undefined) return pending;
    const published = publish(group).finally(() => publishing.delete(own));
    publishing.set(own, published);
    return published;
  };
  /** Not the unconfirmed version: in Redis, it could follow the change of another instance. */
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
      // A version that Redis has evicted is replaced by a new one: an old one would make invalid texts valid again.
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

/** Longer than any text is stored with a version. */
const EXPIRATION = { type: 'EX', value: 90_000 } as const;
