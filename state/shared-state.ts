import type { RedisConnection } from './redis-connection.ts';

/**
 * What all instances of this server know together: in Redis where `REDIS_URL` is set, else in this process alone. Nothing
 * here fails for want of Redis: without it each instance goes on by itself.
 */
export interface SharedState {
  readonly keyValues: KeyValueStore;
  /** For what can be had again; the oldest is given up where memory is short, and never at the cost of `texts`. */
  readonly responses: ResponseStore;
  readonly slots: SlotStore;
  readonly budgets: BudgetStore;
  /** The process's connection to Redis, for what is kept there and nowhere else; undefined where there is none. */
  readonly redis?: RedisConnection;
  close(): Promise<void>;
}

/** Texts under keys, each for a time. */
export interface KeyValueStore {
  /** Null where there is none, or none any more. */
  get(key: string): Promise<string | null>;
  set(key: string, text: string, seconds: number): Promise<void>;
  /**
   * Sets a text only where there is none.
   * @returns null where it was set, else the text that is there.
   */
  claim(key: string, text: string, seconds: number): Promise<string | null>;
  delete(key: string): Promise<void>;
  /** Milliseconds since 1970, by one clock for all instances that share the texts. */
  now(): Promise<number>;
}

/** Texts that are void once what they are about has changed: each says in itself with which version it was read. */
export interface ResponseStore extends KeyValueStore, Versions {
  /**
   * Deletes the texts of all keys that begin so, here and in Redis.
   * @returns whether that is done: not where Redis says nothing
   */
  deleteAll(prefix: string): Promise<boolean>;
}

/** Versions of groups of things, by the groups' names. There is a new one after each change, and none comes twice. */
export interface Versions {
  version(group: string): Promise<string>;
  /** Something of the group is changed. @returns its new version */
  renewVersion(group: string): Promise<string>;
}

/** A number of things in any stretch of time: 100 in 10,000 ms. */
export interface Rate {
  readonly limit: number;
  readonly windowMs: number;
}

/** Counts what happens under a key in a sliding window of time. */
export interface SlotStore {
  /** Takes a place, if there is one. */
  take(key: string, rate: Rate): Promise<SlotResult>;
}

export type SlotResult =
  | {
      /** Tells that what the place was taken for has happened: the place is free again a window after that. */
      readonly settle: () => void;
    }
  | {
      /** Milliseconds after which a place may be free. */
      readonly waitMs: number;
    };

/** What may be spent: `limit` in `windowMs`, and comes back evenly. */
export interface Budget extends Rate {
  /** How much of it there is at most, whoever has spent nothing for long. */
  readonly burst: number;
}

/** Counts what is spent under a key. */
export interface BudgetStore {
  /** Spends an amount, if there is that much. */
  spend(key: string, amount: number, budget: Budget): BudgetResult | Promise<BudgetResult>;
}

export interface BudgetResult {
  readonly isGranted: boolean;
  /** What can be spent now. */
  readonly left: number;
  /** Milliseconds until the budget is whole again. */
  readonly resetMs: number;
  /** Milliseconds until the amount can be spent, where it was refused. */
  readonly waitMs: number;
}
