import type { SubgraphRequest } from '../../../subgraphs/subgraph.ts';
import type { RequestScope } from '../../../request/request-scope.ts';
import type { FusedSubgraph } from './subgraph-schema.ts';

export interface FusedContextOptions {
  readonly subgraphs: readonly FusedSubgraph[];
  readonly scope: RequestScope;
  readonly wanted: (subgraph: string, type: string) => ReadonlySet<string>;
}

/** What the fused schema's resolvers know of one client request. */
export class FusedContext {
  readonly #options: FusedContextOptions;
  readonly #contexts = new Map<string, object>();
  readonly #entities = new Map<string, unknown>();

  constructor(options: FusedContextOptions) {
    this.#options = options;
  }

  /** The context for a subgraph's resolvers, made when it is first needed. */
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

  /** What a reference resolver gave for a representation, which it is asked for once. */
  entity(name: string, resolve: () => unknown): unknown {
    if (!this.#entities.has(name)) this.#entities.set(name, resolve());
    return this.#entities.get(name);
  }

  /** After a write, what was read before it may be wrong. */
  forget(): void {
    this.#contexts.clear();
    this.#entities.clear();
  }
}
