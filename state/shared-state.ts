import type { RedisConnection } from './redis-connection.ts';

/**
 * The state that all instances of this server share: in Redis if `REDIS_URL` is set, else in this process. Nothing here fails because Redis is
 * lost: each instance then uses its own state.
 */
export interface SharedState {
  readonly keyValues: KeyValueStore;
  /** For data that can be loaded again. The oldest is evicted if memory is short; `keyValues` are not. */
  readonly responses: ResponseStore;
  readonly slots: SlotStore;
  readonly budgets: BudgetStore;
  /** The process's connection to Redis, for data that is only there; undefined without Redis. */
  readonly redis?: RedisConnection;
  close(): Promise<void>;
}

/** Texts by key, each with an expiry. */
export interface KeyValueStore {
  /** Null if there is none, or it has expired. */
  get(key: string): Promise<string | null>;
  set(key: string, text: string, seconds: number): Promise<void>;
  /**
   * Sets a text only if there is none.
   * @returns null if it was set, else the existing text
   */
  claim(key: string, text: string, seconds: number): Promise<string | null>;
  delete(key: string): Promise<void>;
  /** Milliseconds since 1970, by one clock for all instances that share the texts. */
  now(): Promise<number>;
}

/** Texts that are invalid once their content has changed: each contains the version with which it was read. */
export interface ResponseStore extends KeyValueStore, Versions {
  /**
   * Deletes the texts of all keys with a prefix, here and in Redis.
   * @returns false if Redis does not respond
   */
  deleteAll(prefix: string): Promise<boolean>;
}

/** Versions of groups of records, by the groups' names. Each change makes a new one; none is used twice. */
export interface Versions {
  version(group: string): Promise<string>;
  /** A record of the group has changed. @returns the new version */
  renewVersion(group: string): Promise<string>;
}

/** A number in any window of time: 100 in 10,000 ms. */
export interface Rate {
  readonly limit: number;
  readonly windowMs: number;
}

/** Counts the events of a key in a sliding window of time. */
export interface SlotStore {
  /** Takes a place if one is free. */
  take(key: string, rate: Rate): Promise<SlotResult>;
}

export type SlotResult =
  | {
      /** Reports that the event has happened. The place is free again one window later. */
      readonly settle: () => void;
    }
  | {
      /** Milliseconds after which a place may be free. */
      readonly waitMs: number;
    };

/** A budget of `limit` in `windowMs`, which is refilled evenly. */
export interface Budget extends Rate {
  /** The most that can be spent at once, after a long time without spending. */
  readonly burst: number;
}

/** Counts what is spent by key. */
export interface BudgetStore {
  /** Spends an amount if the budget has as much. */
  spend(key: string, amount: number, budget: Budget): BudgetResult | Promise<BudgetResult>;
}

export interface BudgetResult {
  readonly isGranted: boolean;
  /** What can be spent now. */
  readonly left: number;
  /** Milliseconds until the budget is full again. */
  readonly resetMs: number;
  /** Milliseconds until the amount can be spent, if it was refused. */
  readonly waitMs: number;
}
