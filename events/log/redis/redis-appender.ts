import { hash } from 'node:crypto';
import type { DedicatedConnection } from '../../../state/dedicated-connection.ts';
import { reasonOf } from '../../../state/redis-connection.ts';
import { type AppendResult, NotStored } from '../change-log.ts';
import { writeChange } from '../change-text.ts';
import type { NewEvent } from '../../change.ts';
import { REDELIVERY_MS } from '../redelivery.ts';
import { APPEND, appendOptions, markOf, toResults } from './redis-scripts.ts';
import type { EventsSync } from '../../events-settings.ts';
import { createRedisSync, type RedisSync } from './redis-sync.ts';

export interface RedisAppenderOptions {
  /** Not shared: WAITAOF blocks it, and waits for its writes. */
  readonly connection: DedicatedConnection;
  /** The retention of entries; milliseconds. */
  readonly retentionMs: number;
  readonly sync: EventsSync;
  /** Whether events that Redis may lose are refused. Otherwise `warn` receives the reason. */
  readonly mustSync: boolean;
  readonly warn: (line: string) => void;
  /** The most entries. @default 5,000,000 */
  readonly maxEntries?: number | undefined;
  readonly newLogName: () => string;
}

/** Appends groups of events to the stream, and ensures that they are durable. */
export class RedisAppender {
  readonly #options: RedisAppenderOptions;
  readonly #sync: RedisSync;
  #warned: string | undefined;

  constructor(options: RedisAppenderOptions) {
    this.#options = options;
    this.#sync = createRedisSync(options.sync, options.connection);
  }

  /** @throws NotStored also if the outcome is unknown: the mark then identifies the vendor's retry as a duplicate. */
  async commit(events: readonly NewEvent[]): Promise<readonly AppendResult[]> {
    const results: AppendResult[] = [];
    for (let first = 0; first < events.length; first += MAX_EVENTS)
      results.push(...(await this.#append(events.slice(first, first + MAX_EVENTS))));
    return results;
  }

  /** @returns undefined also if Redis does not respond: the next append checks again */
  async whyUnsafe(): Promise<string | undefined> {
    const { connection } = this.#options;
    const reason = await connection
      .run((redis) => this.#sync.whyUnsafe(redis), TIMEOUT_MS)
      .catch(() => undefined);
    if (reason !== undefined) this.#warn(reason);
    return reason;
  }

  close(): void {
    this.#options.connection.close();
  }

  async #append(events: readonly NewEvent[]): Promise<readonly AppendResult[]> {
    const { connection, mustSync } = this.#options;
    const options = this.scriptOptions(events);
    const sent = connection.run(
      (redis) => Promise.all([redis.eval(APPEND, options), this.#sync.whyUnsafe(redis)]),
      TIMEOUT_MS,
    );
    const [reply, reason] = await sent.catch((error: unknown) => {
      throw new NotStored(`Redis has not stored the events: ${reasonOf(error)}.`, { cause: error });
    });
    if (reason !== undefined && mustSync) throw new NotStored(reason);
    if (reason !== undefined) this.#warn(reason);
    return toResults(reply);
  }

  /** The keys and arguments of the append script. */
  scriptOptions(events: readonly NewEvent[]) {
    const { newLogName, retentionMs, maxEntries = MAX_ENTRIES } = this.#options;
    return appendOptions({
      newLogName: newLogName(),
      retentionMs,
      markMs: retentionMs + REDELIVERY_MS,
      maxEntries,
      events: events.map(({ key, changes }) => ({
        mark: markOf(hash('sha256', key, 'base64url').slice(0, DIGEST_LENGTH)),
        changes: changes.map(writeChange),
      })),
    });
  }

  #warn(reason: string): void {
    if (reason === this.#warned) return;
    this.#warned = reason;
    this.#options.warn(reason);
  }
}

/** Per script: Redis serves no other client while it runs. */
const MAX_EVENTS = 256;
/** Some gigabytes of Redis' memory: a limit for more events than expected. */
const MAX_ENTRIES = 5_000_000;
/** 128 bits. */
const DIGEST_LENGTH = 22;
/** Shorter than the webhook timeout of vendors. */
const TIMEOUT_MS = 4000;
