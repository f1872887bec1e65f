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

/** Everything that derives from a graph, which a reload replaces as a whole. */
export interface GraphSource {
  readonly graph: Graph;
  /** Names what the graph is made of: the same for all processes that serve the same. */
  readonly revision: string;
  /** @default operations may cost what they like */
  readonly costs?: CostOptions | undefined;
  /** By their names. @default it does not matter who sees what */
  readonly audiences?: ReadonlyMap<string, AudienceSource> | undefined;
  /** Its fields of `Subscription` that this server has events for. @default none */
  readonly changeFields?: ChangeFields | undefined;
  /** What its fields depend on, by the names of the subgraphs. @default on what changes without an event */
  readonly dependencies?: ReadonlyMap<string, DependencyTable> | undefined;
  /** Whether callers that may see the same get the same response: nothing else of a caller goes into it. @default false */
  readonly isCallerIndependent?: boolean | undefined;
  /** Readers of files by the first part of their path. */
  readonly files: Readonly<Record<string, FileReader>>;
  /** Waits until the graph runs operations without delay. @default it does at once */
  readonly ready?: (() => Promise<void>) | undefined;
  /** Ends what the graph holds, once its last request is answered. */
  readonly release: () => Promise<void>;
}

export interface AudienceSource {
  /** What the audience sees. */
  readonly sdl: string;
  /** Opens its graph, which is not done before it is asked for. */
  readonly open: () => Graph;
}

/** Starts a server of a graph. @param audience is undefined for the whole graph */
export type StartServer = (
  graph: Graph,
  source: Pick<GraphSource, 'costs' | 'changeFields' | 'dependencies' | 'revision'>,
  audience: string | undefined,
) => Promise<GraphQLServer>;

/** A graph with the servers that answer its requests. */
export class ServedGraph {
  readonly source: GraphSource;
  readonly server: GraphQLServer;
  /** Each is served under `/graphql/<its name>`. Undefined where it does not matter who sees what. */
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
   * The server that answers a request.
   * @param pathAudience is the audience that the path names, if it names one
   * @throws CodedError where that is none for this caller
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

  /** A request begins, and `leave` is called when it ends: until then the graph is not closed. */
  enter(): void {
    this.#requestsInProgress += 1;
  }

  leave(): void {
    this.#requestsInProgress -= 1;
    if (this.#requestsInProgress === 0) this.#whenIdle?.();
  }

  /** Makes this graph know the documents that clients send, before it is their turn to wait for it. */
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
    // One after the other, with requests in between. What is not valid any more, its next request is told.
    await server.prepare(text).catch(() => undefined);
    await afterOthers();
  }
}

/** Documents, of those that were asked for last. */
const MAX_PREPARED = 100;

/** The graph that requests are answered from: each takes it when it begins, and keeps it. */
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

  /** From now on requests get this graph. The one before is closed after its last request. */
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
