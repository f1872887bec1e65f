import { z } from 'zod';
import type { KeyValueStore } from '../state/shared-state.ts';
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
  #texts: readonly (string | null)[] = [];
  #current: DependenciesBySubgraph = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(keyValues: Pick<KeyValueStore, 'get'>, subgraphs: readonly string[]) {
    this.#keyValues = keyValues;
    this.#subgraphs = subgraphs;
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
    const texts = await Promise.all(
      this.#subgraphs.map((name) => this.#keyValues.get(keyOf(name))),
    );
    if (texts.every((text, index) => text === (this.#texts[index] ?? null))) return;
    this.#texts = texts;
    const read = this.#subgraphs.map((name, index) => [name, parse(texts[index] ?? null)] as const);
    this.#current = new Map(
      read.flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const])),
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

/** @returns undefined if there is none, or one of another version */
function parse(text: string | null): SubgraphDependencies | undefined {
  if (text === null) return undefined;
  try {
    return PUBLISHED.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const PUBLISH_MS = 10_000;
const READ_MS = 5000;

/** A service that has ended counts no longer after this time. */
const VALID_SECONDS = 30;
