import { z } from 'zod';
import type { KeyValueStore } from '../state/shared-state.ts';
import { parseStoredJson } from '../state/stored-json.ts';
import type { DependencyTable } from './dependencies.ts';

/** The dependencies of a subgraph's fields, and the vendor whose events report their changes. */
export interface SubgraphDependencies {
  readonly vendor: string;
  readonly table: DependencyTable;
}

/** Subgraphs with their dependencies, by the subgraphs' names. */
export type DependenciesBySubgraph = ReadonlyMap<string, SubgraphDependencies>;

/**
 * Publishes the dependencies of the subgraph of this process, for gateways that share its Redis, until it is stopped.
 * @returns stops it
 */
export function publishDependencies(
  keyValues: Pick<KeyValueStore, 'set'>,
  subgraph: string,
  dependencies: SubgraphDependencies,
): () => void {
  const text = JSON.stringify(dependencies);
  const publish = () => void keyValues.set(keyOf(subgraph), text, VALID_SECONDS);
  publish();
  const timer = setInterval(publish, PUBLISH_MS).unref();
  return () => {
    clearInterval(timer);
  };
}

/** Reads what the subgraph services publish. */
export class PublishedDependencies {
  readonly #keyValues: Pick<KeyValueStore, 'get'>;
  readonly #subgraphs: readonly string[];
  readonly #now: () => number;
  readonly #texts = new Map<string, { readonly text: string; readonly readAt: number }>();
  #current: DependenciesBySubgraph = new Map();
  #isReading = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param now returns milliseconds of a clock that is never set back */
  constructor(
    keyValues: Pick<KeyValueStore, 'get'>,
    subgraphs: readonly string[],
    now: () => number = () => performance.now(),
  ) {
    this.#keyValues = keyValues;
    this.#subgraphs = subgraphs;
    this.#now = now;
  }

  /** Those of the services that run. The same map until one of them changes. */
  get current(): DependenciesBySubgraph {
    return this.#current;
  }

  /** Reads them now, and every five seconds from now on. */
  start(): void {
    void this.refresh();
    this.#timer ??= setInterval(() => void this.refresh(), READ_MS).unref();
  }

  async refresh(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const changed = await Promise.all(this.#subgraphs.map((name) => this.#read(name)));
      if (changed.includes(true)) this.#current = this.#parseAll();
    } finally {
      this.#isReading = false;
    }
  }

  /** @returns whether the text of the subgraph has changed */
  async #read(subgraph: string): Promise<boolean> {
    const text = await this.#keyValues.get(keyOf(subgraph));
    const known = this.#texts.get(subgraph);
    const now = this.#now();
    if (text !== null) {
      this.#texts.set(subgraph, { text, readAt: now });
      return text !== known?.text;
    }
    // Redis may only be slow.
    if (known === undefined || now - known.readAt < VALID_SECONDS * 1000) return false;
    return this.#texts.delete(subgraph);
  }

  #parseAll(): DependenciesBySubgraph {
    return new Map(
      [...this.#texts].flatMap(([name, { text }]) => {
        const dependencies = parseStoredJson(PUBLISHED, text);
        return dependencies === undefined ? [] : [[name, dependencies] as const];
      }),
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

const keyOf = (subgraph: string) => `events:dependencies:${subgraph}`;

const PUBLISHED: z.ZodType<SubgraphDependencies> = z.object({
  vendor: z.string(),
  table: z.record(z.string(), z.array(z.string()).nullable()),
});

const PUBLISH_MS = 10_000;
const READ_MS = 5000;

/** A service that has ended counts no longer after this time. */
const VALID_SECONDS = 30;
