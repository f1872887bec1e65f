import { createClient } from '@redis/client';

export type RedisClient = ReturnType<typeof createRedisClient>;

/** A connection that is made again whenever it is lost; what is asked for meanwhile fails at once. */
export function createRedisClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (retries) =>
        Math.random() * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retries),
    },
    // Notices of a managed service's maintenance, which others refuse with an error.
    maintNotifications: 'disabled',
  });
}

const CONNECT_MS = 2000;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1000;

/** @param reason says why Redis is lost: `ECONNREFUSED`, `WRONGPASS`, `no response`. It holds no address and no credential. */
export type OnRedisChange = (isShared: boolean, reason?: string) => void;

export interface RedisConnectionOptions {
  readonly url: string;
  /** Hears when Redis is lost, and when it is there again. */
  readonly onChange: OnRedisChange;
}

/** Asks Redis, or does without: nobody waits for one that is gone or hangs. */
export class RedisConnection {
  readonly #client: RedisClient;
  readonly #onChange: OnRedisChange;
  #isShared: boolean | undefined;
  #retryAt = 0;

  constructor({ url, onChange }: RedisConnectionOptions) {
    this.#onChange = onChange;
    this.#client = createRedisClient(url);
    this.#client.on('ready', () => {
      this.#setShared(true);
    });
    this.#client.on('error', (error: unknown) => {
      this.#setShared(false, reasonOf(error));
    });
  }

  /** Waits for the first connection, or for the first failure of one; no longer than a connection may take. */
  async open(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#setShared(false, NO_RESPONSE);
        resolve();
      }, CONNECT_MS);
    });
    const failed = new Promise<void>((resolve) => {
      this.#client.once('error', () => {
        resolve();
      });
    });
    // It goes on trying, and says so by its events.
    const connected = this.#client.connect().then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([connected, failed, late]);
    clearTimeout(timer);
  }

  /** @returns what Redis says; undefined where it says nothing in time. */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T | undefined> {
    if (!this.#client.isReady || performance.now() < this.#retryAt) return undefined;
    try {
      const answer = await inTime(command(this.#client));
      this.#setShared(true);
      return answer;
    } catch {
      this.#retryAt = performance.now() + RETRY_AFTER_MS;
      this.#setShared(false, NO_RESPONSE);
      return undefined;
    }
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

/** The code of a connection's error, or the one with which a reply of Redis begins. */
function reasonOf(error: unknown): string {
  // A cast: what a client emits is an error, and one of the system has a code.
  const { code, message, name } = error as Partial<NodeJS.ErrnoException>;
  return /^[A-Z][A-Z\d_]{1,39}(?![a-z])/.exec(code ?? message ?? '')?.[0] ?? name ?? 'unknown';
}

/** A connection may be there and nobody at its other end. */
function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // In steps, so that time in which this process was held up, and read no answer, counts as one step.
    let steps = ANSWER_STEPS;
    const timer = setInterval(() => {
      steps -= 1;
      if (steps === 0) reject(new Error('Redis did not respond in time.'));
    }, ANSWER_STEP_MS);
    answer.then(resolve, reject).finally(() => {
      clearInterval(timer);
    });
  });
}

const ANSWER_STEPS = 5;
const ANSWER_STEP_MS = 100;
/** How long one that did not answer is left alone. */
const RETRY_AFTER_MS = 1000;
