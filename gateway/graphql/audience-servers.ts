import type { Graph } from '../operation/graph.ts';
import type { GraphQLServer } from './graphql-server.ts';

export interface AudienceServersOptions {
  /** What opens the graph of an audience, by the audience's name. */
  readonly graphs: ReadonlyMap<string, () => Graph>;
  readonly start: (graph: Graph, name: string) => Promise<GraphQLServer>;
}

/** A server for each audience, with its own schema and the operations that are valid there. It is started when it is first asked for. */
export class AudienceServers {
  readonly #options: AudienceServersOptions;
  readonly #started = new Map<string, Promise<GraphQLServer>>();

  constructor(options: AudienceServersOptions) {
    this.#options = options;
  }

  has(name: string): boolean {
    return this.#options.graphs.has(name);
  }

  /** @param name is one that it has. */
  of(name: string): Promise<GraphQLServer> {
    const known = this.#started.get(name);
    if (known !== undefined) return known;
    const started = this.#start(name);
    this.#started.set(name, started);
    // The next request may have more luck.
    started.catch(() => this.#started.delete(name));
    return started;
  }

  /** Those that have been asked for. */
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
