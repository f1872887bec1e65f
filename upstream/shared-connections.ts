/** Connections that several graphs of a process share. The first user opens a connection, and the last one closes it. */
export class SharedConnections<Connection extends { close(): Promise<void> }> {
  readonly #shared = new Map<string, Shared<Connection>>();

  /**
   * @param key equal for users that can share a connection
   * @param connect makes the connection; its `close` is called once, when it has no users left
   * @returns a connection that its user closes
   */
  open(key: string, connect: () => Connection): Connection {
    const shared = this.#shared.get(key) ?? { users: 0, connection: connect() };
    this.#shared.set(key, shared);
    shared.users += 1;
    let isOpen = true;
    return {
      ...shared.connection,
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        shared.users -= 1;
        if (shared.users > 0) return;
        this.#shared.delete(key);
        await shared.connection.close();
      },
    };
  }

  get(key: string): Connection | undefined {
    return this.#shared.get(key)?.connection;
  }
}

interface Shared<Connection> {
  readonly connection: Connection;
  users: number;
}
