import { CodedError } from '../errors/coded-error.ts';
import { createCallTrace } from '../request/request-scope.ts';
import { disagreementsWith, readAccount } from '../subgraphs/extensions/account-check.ts';
import type { Extension } from '../subgraphs/extensions/read-extension.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';
import type { ConnectedSubgraph } from '../subgraphs/subgraph.ts';

export interface FieldChecksOptions {
  readonly modules: readonly SubgraphModule[];
  readonly subgraphs: readonly Pick<ConnectedSubgraph, 'name' | 'serve'>[];
  /** Receives each problem once, until it is fixed. */
  readonly warn: (sentence: string) => void;
  /** Milliseconds between two comparisons. @default an hour */
  readonly everyMs?: number;
}

/**
 * Compares custom fields with the vendors' accounts when a graph is served, and then every hour. A deleted property makes its
 * field null without an error. Operators notice it by the log line of this check.
 */
export class FieldChecks {
  readonly #options: FieldChecksOptions;
  #extensions: ReadonlyMap<string, Extension> = new Map();
  /** The current problems, by the names of the subgraphs. */
  readonly #reported = new Map<string, readonly string[]>();
  /** The extensions of the running check, which may take longer than an interval. */
  #checking: ReadonlyMap<string, Extension> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FieldChecksOptions) {
    this.#options = options;
  }

  /** @param extensions has the custom fields of the served graph, by the names of the subgraphs */
  serve(extensions: ReadonlyMap<string, Extension>): void {
    this.close();
    this.#extensions = extensions;
    if (extensions.size === 0) return;
    void this.#checkAll();
    this.#timer = setInterval(() => void this.#checkAll(), this.#options.everyMs ?? HOUR_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#extensions = new Map();
  }

  async #checkAll(): Promise<void> {
    const extensions = this.#extensions;
    if (this.#checking === extensions) return;
    this.#checking = extensions;
    await this.#checkEach(extensions);
    if (this.#checking === extensions) this.#checking = undefined;
  }

  async #checkEach(extensions: ReadonlyMap<string, Extension>): Promise<void> {
    for (const [name, extension] of extensions) {
      const found = await this.#check(name, extension);
      // Another graph is served now, or none.
      if (extensions !== this.#extensions) return;
      const reported = this.#reported.get(name) ?? [];
      this.#reported.set(name, found);
      for (const sentence of found) if (!reported.includes(sentence)) this.#options.warn(sentence);
    }
  }

  async #check(name: string, extension: Extension): Promise<readonly string[]> {
    const { modules, subgraphs } = this.#options;
    const subgraph = subgraphs.find((one) => one.name === name);
    const module = modules.find((one) => one.name === name);
    if (subgraph === undefined || module === undefined) return [];
    try {
      const account = await readAccount(subgraph.serve(extension), {
        types: Object.keys(module.extensible.types).filter((type) =>
          Object.hasOwn(extension.fields, type),
        ),
        extension,
        // Requests of clients have priority.
        scope: {
          signal: AbortSignal.timeout(TIMEOUT_MS),
          trace: createCallTrace(),
          isBackground: true,
        },
      });
      return account === undefined ? [] : disagreementsWith(account, extension);
    } catch (error) {
      const reason = error instanceof CodedError ? error.message : 'an unexpected error.';
      return [
        `The custom fields of ${name} could not be compared with the vendor's account: ${reason}`,
      ];
    }
  }
}

const HOUR_MS = 3_600_000;
const TIMEOUT_MS = 60_000;
