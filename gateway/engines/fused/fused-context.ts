import type { SubgraphRequest } from '../../../subgraphs/subgraph.ts';
import type { RequestScope } from '../../../request/request-scope.ts';
import type { FusedSubgraph } from './subgraph-schema.ts';

export interface FusedContextOptions {
  readonly subgraphs: readonly FusedSubgraph[];
  readonly scope: RequestScope;
  readonly wanted: (subgraph: string, type: string) => ReadonlySet<string>;
}

/** The state of one client request in the fused schema's resolvers. */
export class FusedContext {
  readonly #options: FusedContextOptions;
  readonly #contexts = new Map<string, object>();
  readonly #entities = new Map<string, unknown>();

  constructor(options: FusedContextOptions) {
    this.#options = options;
  }

  /** The context for a subgraph's resolvers, created on first use. */
  of(subgraph: string): object {
    const known = this.#contexts.get(subgraph);
    if (known !== undefined) return known;
    const { subgraphs, scope, wanted } = this.#options;
    const embedded = subgraphs.find(({ name }) => name === subgraph);
    if (embedded === undefined)
      throw new Error(`The supergraph needs a subgraph ${subgraph}, which is missing.`);
    const request: SubgraphRequest = { wanted: (type) => wanted(subgraph, type), ...scope };
    const context = embedded.createContext(request);
    this.#contexts.set(subgraph, context);
    return context;
  }

  /** The result of a reference resolver, which is called once for each representation. */
  entity(name: string, resolve: () => unknown): unknown {
    if (!this.#entities.has(name)) this.#entities.set(name, resolve());
    return this.#entities.get(name);
  }

  /** Clears what was read before a write: it may be out of date. */
  forget(): void {
    this.#contexts.clear();
    this.#entities.clear();
  }
}
