import { randomBytes } from 'node:crypto';
import { DedicatedConnection } from '../../../state/dedicated-connection.ts';
import { reasonOf, type RedisConnection } from '../../../state/redis-connection.ts';
import { QUIET_MS } from '../arrivals.ts';
import {
  type AppendResult,
  type ChangeLog,
  type LogHead,
  type LogPage,
  LogUnavailable,
  NotStored,
} from '../change-log.ts';
import type { NewEvent } from '../../change.ts';
import { GroupCommit } from '../group-commit.ts';
import { formatPosition, isAfter, type Position } from '../position.ts';
import { RedisAppender, type RedisAppenderOptions } from './redis-appender.ts';
import {
  APPEND,
  HEAD,
  headOptions,
  READ,
  readOptions,
  STREAM,
  toHead,
  toPage,
  toResults,
} from './redis-scripts.ts';

export interface RedisLogOptions extends Omit<RedisAppenderOptions, 'connection' | 'newLogName'> {
  readonly redis: RedisConnection;
}

/**
 * A log that instances share: a stream in Redis. Blocking commands have their own connections: one to append, one to wait for entries. Heads and pages
 * are read on the process's shared connection.
 */
export class RedisLog implements ChangeLog {
  readonly isShared = true;
  readonly #redis: RedisConnection;
  readonly #waiting: DedicatedConnection;
  readonly #appender: RedisAppender;
  readonly #groups: GroupCommit;

  constructor({ redis, ...options }: RedisLogOptions) {
    this.#redis = redis;
    this.#waiting = new DedicatedConnection(() => redis.createClient());
    this.#appender = new RedisAppender({
      ...options,
      connection: new DedicatedConnection(() => redis.createClient()),
      newLogName,
    });
    this.#groups = new GroupCommit((events) => this.#appender.commit(events));
  }

  /** @returns why Redis may lose stored events; undefined if it does not, or does not respond */
  whyUnsafe(): Promise<string | undefined> {
    return this.#appender.whyUnsafe();
  }

  append(events: readonly NewEvent[]): Promise<readonly AppendResult[]> {
    return events.every(isOwnWrite) ? this.#appendWrites(events) : this.#groups.append(events);
  }

  /** Without a sync: a mutation waits for them, and they only invalidate caches. They need not outlive the caches. */
  async #appendWrites(events: readonly NewEvent[]): Promise<readonly AppendResult[]> {
    try {
      return toResults(await this.#run(APPEND, this.#appender.scriptOptions(events)));
    } catch (error) {
      throw new NotStored('Redis has not stored a write.', { cause: error });
    }
  }

  async head(): Promise<LogHead> {
    return toHead(await this.#run(HEAD, headOptions(newLogName())));
  }

  async read(after: Position, limit: number): Promise<LogPage> {
    return toPage(await this.#run(READ, readOptions(newLogName(), after, limit)), limit);
  }

  async next(after: Position, limit: number, signal: AbortSignal): Promise<LogPage> {
    const options = readOptions(newLogName(), after, limit);
    const page = async () => {
      const read = this.#waiting.run((redis) => redis.eval(READ, options), TIMEOUT_MS);
      return toPage(await read.catch(refuse), limit);
    };
    const first = await page();
    // A log that ends before the position was replaced or restored: the reader must react at once.
    if (first.entries.length > 0 || isAfter(after, first.head.position)) return first;
    if (!signal.aborted) await this.#arrival(after, signal);
    return signal.aborted ? first : page();
  }

  async close(): Promise<void> {
    await this.#groups.settled();
    this.#appender.close();
    this.#waiting.close();
  }

  async #arrival(after: Position, signal: AbortSignal): Promise<void> {
    const end = () => {
      this.#waiting.reset();
    };
    signal.addEventListener('abort', end);
    const stream = { key: STREAM, id: formatPosition(after) };
    const options = { BLOCK: QUIET_MS, COUNT: 1 };
    try {
      await this.#waiting.run((redis) => redis.xRead(stream, options), QUIET_MS + TIMEOUT_MS);
    } catch (error) {
      if (!signal.aborted) refuse(error);
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  async #run(script: string, options: ReturnType<typeof headOptions>): Promise<unknown> {
    const reply = await this.#redis.run((redis) => redis.eval(script, options));
    if (reply === undefined) throw new LogUnavailable('Redis does not respond.');
    return reply;
  }
}

const isOwnWrite = ({ changes }: NewEvent) =>
  changes.length > 0 && changes.every(({ source }) => source === 'write');

/** Unique among the logs of one Redis. */
const newLogName = () => randomBytes(5).toString('hex');

function refuse(error: unknown): never {
  throw new LogUnavailable(`Redis cannot be read: ${reasonOf(error)}.`, { cause: error });
}

const TIMEOUT_MS = 2000;
