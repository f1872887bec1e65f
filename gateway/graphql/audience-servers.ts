import type { Graph } from '../operation/graph.ts';
import type { GraphQLServer } from './graphql-server.ts';

export interface AudienceServersOptions {
  /** Opens the graph of each audience, by name. */
  readonly graphs: ReadonlyMap<string, () => Graph>;
  readonly start: (graph: Graph, name: string) => Promise<GraphQLServer>;
}

/** A server for each audience, with its own schema and valid operations. It starts with its first request. */
export class AudienceServers {
  readonly #options: AudienceServersOptions;
  readonly #started = new Map<string, Promise<GraphQLServer>>();

  constructor(options: AudienceServersOptions) {
    this.#options = options;
  }

  has(name: string): boolean {
    return this.#options.graphs.has(name);
  }

  /** @param name is the name of an existing audience */
  of(name: string): Promise<GraphQLServer> {
    const known = this.#started.get(name);
    if (known !== undefined) return known;
    const started = this.#start(name);
    this.#started.set(name, started);
    // The next request retries the start.
    started.catch(() => this.#started.delete(name));
    return started;
  }

  /** The servers that have started. */
  async started(): Promise<ReadonlyMap<string, GraphQLServer>> {
    const started = await Promise.allSettled(
      [...this.#started].map(async ([name, server]) => [name, await server] as const),
    );
    return new Map(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  }

  async stop(): Promise<void> {
    await Promise.allSettled(
      [...this.#started.values()].map(async (server) => (await server).stop()),
    );
  }

  async #start(name: string): Promise<GraphQLServer> {
    const open = this.#options.graphs.get(name);
    if (open === undefined) throw new TypeError(`The audience ${name} does not exist.`);
    return await this.#options.start(open(), name);
  }
}
