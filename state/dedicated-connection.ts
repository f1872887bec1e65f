import {
  hasConnectedOrFailed,
  inTime,
  isFromReplica,
  type RedisClient,
  RedisFailure,
} from './redis-connection.ts';

/**
 * A connection to Redis for one purpose: for commands that block it, or whose failures the caller must handle. It opens at the first command,
 * and again after it is lost.
 */
export class DedicatedConnection {
  readonly #createClient: () => RedisClient;
  #client: Promise<RedisClient> | undefined;
  #made = 0;
  #isClosed = false;

  constructor(createClient: () => RedisClient) {
    this.#createClient = createClient;
  }

  /** The number of connections so far. A new one has no state of the previous one, and may lead to another server. */
  get made(): number {
    return this.#made;
  }

  /**
   * @throws Error of the client if Redis refuses the command, is not connected, is lost before it responds, or does not respond in time.
   * Then it is not known whether it has executed the command.
   */
  async run<T>(command: (client: RedisClient) => Promise<T>, timeoutMs: number): Promise<T> {
    this.#client ??= this.#connect();
    const connecting = this.#client;
    const client = await connecting;
    if (this.#isClosed) throw new RedisFailure('closed');
    if (!client.isReady) throw new RedisFailure('not connected');
    try {
      return await inTime(command(client), timeoutMs);
    } catch (error) {
      // The next command would wait behind this one, or go to a server that cannot write.
      const isUseless = error instanceof RedisFailure || isFromReplica(error);
      if (isUseless && this.#client === connecting) this.reset();
      throw error;
    }
  }

  /** Closes the connection, and so ends the command that blocks it. The next command opens another one. */
  reset(): void {
    const client = this.#client;
    this.#client = undefined;
    void client?.then((one) => {
      one.destroy();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.reset();
  }

  async #connect(): Promise<RedisClient> {
    const client = this.#createClient();
    client.on('ready', () => {
      this.#made += 1;
    });
    // Commands then fail with the reason.
    client.on('error', () => undefined);
    await hasConnectedOrFailed(client);
    return client;
  }
}
