import {
  hasConnectedOrFailed,
  inTime,
  isFromReplica,
  type RedisClient,
  RedisFailure,
} from './redis-connection.ts';

/**
 * A connection to Redis for one purpose: for commands that block it, or whose failure the caller must know of. It is made at the first command,
 * and again whenever it is lost.
 */
export class DedicatedConnection {
  readonly #createClient: () => RedisClient;
  #client: Promise<RedisClient> | undefined;
  #made = 0;
  #isClosed = false;

  constructor(createClient: () => RedisClient) {
    this.#createClient = createClient;
  }

  /** Counts the connections: another one has none of the state of the one before, and may lead to another server. */
  get made(): number {
    return this.#made;
  }

  /**
   * @throws Error of the client, where Redis refuses the command, is not connected, is lost before it responds, or does not respond in time.
   * Whether it has executed the command is then not known.
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
      // What comes next would wait behind the command without a response, or go to a server that cannot write.
      const isUseless = error instanceof RedisFailure || isFromReplica(error);
      if (isUseless && this.#client === connecting) this.reset();
      throw error;
    }
  }

  /** Ends the connection, and with it the command that blocks it. The next command makes another one. */
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
    // Commands fail then, and say why.
    client.on('error', () => undefined);
    await hasConnectedOrFailed(client);
    return client;
  }
}
