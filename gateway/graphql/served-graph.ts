import { setImmediate as afterOthers } from 'node:timers/promises';
import type { Caller } from '../../request/caller.ts';
import type { Graph } from '../operation/graph.ts';
import type { ChangeFields } from '../../subgraphs/change-fields.ts';
import type { DependencyTable } from '../../subgraphs/dependencies.ts';
import type { FileReader } from '../../subgraphs/subgraph.ts';
import { chooseAudience } from './audience-choice.ts';
import { AudienceServers } from './audience-servers.ts';
import type { CostOptions } from './cost-check.ts';
import type { GraphQLServer } from './graphql-server.ts';

/** A graph and everything derived from it. A reload replaces it as a whole. */
export interface GraphSource {
  readonly graph: Graph;
  /** Identifies the content of the graph. Equal in all processes that serve the same graph. */
  readonly revision: string;
  /** @default no cost limit */
  readonly costs?: CostOptions | undefined;
  /** By name. @default no audiences */
  readonly audiences?: ReadonlyMap<string, AudienceSource> | undefined;
  /** The fields of `Subscription` that have events. @default none */
  readonly changeFields?: ChangeFields | undefined;
  /** The dependencies of fields, by subgraph. @default fields can change without an event */
  readonly dependencies?: ReadonlyMap<string, DependencyTable> | undefined;
  /** Whether callers with equal access get equal responses. @default false */
  readonly isCallerIndependent?: boolean | undefined;
  /** Readers of files by the first segment of the path. */
  readonly files: Readonly<Record<string, FileReader>>;
  /** Waits until the graph can run operations without delay. @default ready at once */
  readonly ready?: (() => Promise<void>) | undefined;
  /** Releases the resources of the graph after its last request. */
  readonly release: () => Promise<void>;
}

export interface AudienceSource {
  /** The schema of the audience. */
  readonly sdl: string;
  /** Opens the graph of the audience on the first request. */
  readonly open: () => Graph;
}

/** Starts a server of a graph. @param audience is undefined for the whole graph */
export type StartServer = (
  graph: Graph,
  source: Pick<GraphSource, 'costs' | 'changeFields' | 'dependencies' | 'revision'>,
  audience: string | undefined,
) => Promise<GraphQLServer>;

/** A graph with the servers that execute its requests. */
export class ServedGraph {
  readonly source: GraphSource;
  readonly server: GraphQLServer;
  /** Each is served at `/graphql/<its name>`. Undefined without audiences. */
  readonly audiences: AudienceServers | undefined;
  #requestsInProgress = 0;
  #whenIdle: (() => void) | undefined;

  private constructor(source: GraphSource, server: GraphQLServer, start: StartServer) {
    this.source = source;
    this.server = server;
    this.audiences =
      source.audiences &&
      new AudienceServers({
        graphs: new Map([...source.audiences].map(([name, { open }]) => [name, open])),
        start: (graph, name) => start(graph, source, name),
      });
  }

  static async start(source: GraphSource, start: StartServer): Promise<ServedGraph> {
    return new ServedGraph(source, await start(source.graph, source, undefined), start);
  }

  /**
   * Chooses the server of a request.
   * @param pathAudience is the audience in the request's path, if any
   * @throws CodedError if the caller has no access to that audience
   */
  async serverFor(
    caller: Caller,
    pathAudience: string | undefined,
  ): Promise<{ readonly server: GraphQLServer; readonly audience: string | undefined }> {
    const { audiences } = this;
    const audience = chooseAudience({ caller, pathAudience, audiences });
    if (audience === undefined || audiences === undefined) return { server: this.server, audience };
    return { server: await audiences.of(audience), audience };
  }

  /** Begins a request. The graph is not closed until `leave` is called. */
  enter(): void {
    this.#requestsInProgress += 1;
  }

  leave(): void {
    this.#requestsInProgress -= 1;
    if (this.#requestsInProgress === 0) this.#whenIdle?.();
  }

  /** Validates the recent documents of another graph, so that clients do not wait for it. */
  async prepareDocumentsOf(other: ServedGraph): Promise<void> {
    await prepareDocuments(this.server, other.server);
    for (const [name, server] of (await other.audiences?.started()) ?? [])
      if (this.audiences?.has(name) === true)
        await prepareDocuments(await this.audiences.of(name), server);
  }

  /** Closes the graph after its last request. */
  async close(): Promise<void> {
    if (this.#requestsInProgress > 0)
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    await this.audiences?.stop();
    await this.server.stop();
    await this.source.release();
  }
}

async function prepareDocuments(server: GraphQLServer, known: GraphQLServer): Promise<void> {
  for (const text of known.recentDocuments(MAX_PREPARED)) {
    // One at a time, with requests in between. The next request gets the errors of a document that is no longer valid.
    await server.prepare(text).catch(() => undefined);
    await afterOthers();
  }
}

/** Most recently used documents. */
const MAX_PREPARED = 100;

/** The current graph. Each request reads it once, when it begins. */
export class CurrentGraph {
  #current: ServedGraph;
  readonly #closing = new Set<Promise<void>>();
  readonly #listeners = new Set<() => void>();

  constructor(first: ServedGraph) {
    this.#current = first;
  }

  get value(): ServedGraph {
    return this.#current;
  }

  /** Replaces the graph for new requests. The old graph is closed after its last request. */
  replace(next: ServedGraph): void {
    const closing = this.#current.close();
    this.#current = next;
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after each {@link replace}. */
  onReplace(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#closing, this.#current.close()]);
  }
}
