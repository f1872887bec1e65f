import { createClient, ErrorReply } from '@redis/client';
import { setSteppedTimeout } from './stepped-timeout.ts';

export type RedisClient = ReturnType<typeof createRedisClient>;

/** A client that connects again after its connection is lost. Commands in between fail at once. */
export function createRedisClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (retries) =>
        Math.random() * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retries),
    },
    // Maintenance notices of a managed service. Other servers refuse them with an error.
    maintNotifications: 'disabled',
  });
}

const CONNECT_MS = 2000;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1000;

/** @param reason is why Redis is lost: `ECONNREFUSED`, `WRONGPASS`, `no response`. It contains no address and no credential. */
export type OnRedisChange = (isShared: boolean, reason?: string) => void;

export interface RedisConnectionOptions {
  readonly url: string;
  /** Called when Redis is lost, and when it is connected again. */
  readonly onChange: OnRedisChange;
}

/** Runs commands in Redis. No command waits for a Redis that is lost or hangs. */
export class RedisConnection {
  readonly #url: string;
  readonly #client: RedisClient;
  readonly #onChange: OnRedisChange;
  #isShared: boolean | undefined;
  #retryAt = 0;

  constructor({ url, onChange }: RedisConnectionOptions) {
    this.#url = url;
    this.#onChange = onChange;
    this.#client = createRedisClient(url);
    this.#client.on('ready', () => {
      this.#setShared(true);
    });
    this.#client.on('error', (error: unknown) => {
      this.#setShared(false, reasonOf(error));
    });
  }

  /** Waits until it is connected or the first attempt has failed, at most for the time limit of a connection. */
  async open(): Promise<void> {
    if (!(await hasConnectedOrFailed(this.#client))) this.#setShared(false, NO_RESPONSE);
  }

  /** Another client of the same Redis, for commands that block a connection: {@link DedicatedConnection}. It is not connected yet. */
  createClient(): RedisClient {
    return createRedisClient(this.#url);
  }

  /** @returns Redis' reply; undefined without a reply in time */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T | undefined> {
    if (!this.#client.isReady || performance.now() < this.#retryAt) return undefined;
    try {
      const reply = await inTime(command(this.#client), ANSWER_MS);
      this.#setShared(true);
      return reply;
    } catch (error) {
      this.#retryAt = performance.now() + RETRY_AFTER_MS;
      if (isFromReplica(error)) this.#reconnect();
      this.#setShared(false, isFromReplica(error) ? reasonOf(error) : NO_RESPONSE);
      return undefined;
    }
  }

  #reconnect(): void {
    this.#client.destroy();
    // Its events report the result.
    this.#client.connect().catch(() => undefined);
  }

  close(): void {
    this.#client.destroy();
  }

  #setShared(isShared: boolean, reason?: string): void {
    if (isShared === this.#isShared) return;
    this.#isShared = isShared;
    this.#onChange(isShared, reason);
  }
}

const NO_RESPONSE = 'no response';

/** An error that {@link reasonOf} names. */
export class RedisFailure extends Error {
  constructor(name: string) {
    super(`Redis: ${name}.`);
    this.name = name;
  }
}

/**
 * Whether the server that responded has become a replica. The address may lead to another server by now, which only a new connection finds.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
export const isFromReplica = (error: unknown): boolean =>
  error instanceof ErrorReply && /(?:^|-)READONLY /.test(error.message);

/** The code of a connection error, or the first word of an error reply. */
export function reasonOf(error: unknown): string {
  // A cast: clients emit errors, and system errors have a code.
  const { code, message, name } = error as Partial<NodeJS.ErrnoException>;
  return /^[A-Z][A-Z\d_]{1,39}(?![a-z])/.exec(code ?? message ?? '')?.[0] ?? name ?? 'unknown';
}

/**
 * Connects a client, which retries by itself.
 * @returns whether it has connected or the first attempt has failed; false if neither happens in time
 */
export async function hasConnectedOrFailed(client: RedisClient): Promise<boolean> {
  let cancel: (() => void) | undefined;
  const late = new Promise<false>((resolve) => {
    cancel = setSteppedTimeout(() => {
      resolve(false);
    }, CONNECT_MS);
  });
  const failed = new Promise<true>((resolve) => {
    client.once('error', () => {
      resolve(true);
    });
  });
  // Its events report the result.
  const connected = client.connect().then(
    () => true,
    () => true,
  );
  const isSettled = await Promise.race([connected, failed, late]);
  cancel?.();
  return isSettled;
}

/** Redis may not respond on an open connection. */
export function inTime<T>(reply: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = setSteppedTimeout(() => {
      reject(new RedisFailure(NO_RESPONSE));
    }, timeoutMs);
    reply.then(resolve, reject).finally(cancel);
  });
}

const ANSWER_MS = 500;
/** For how long commands are skipped after a timeout. */
const RETRY_AFTER_MS = 1000;
