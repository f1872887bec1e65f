import type { ConnectorCalls, RunningConnector } from './connector-calls.ts';
import { valueOf } from './objects.ts';
import { runConnector } from './pages/paged-reads.ts';

/** The fields of a key that are there, by name. */
export type EntityFields = Readonly<Record<string, unknown>>;

/** Reads entities by their keys; each once for a request, and many at once where the source can. */
export class EntityLoaders {
  readonly #calls: ConnectorCalls;
  readonly #batches = new Map<RunningConnector, EntityBatches>();

  constructor(calls: ConnectorCalls) {
    this.#calls = calls;
  }

  /**
   * @param key has all fields that the connector needs
   * @returns null for an entity that the source does not know
   */
  load(running: RunningConnector, key: EntityFields): Promise<unknown> {
    const { entity, batchSize } = running.connector;
    if (entity === undefined) throw new TypeError('A connector of an entity has a key.');
    if (batchSize === undefined) return this.#calls.run(running, { [entity.variable]: key });
    const batches =
      this.#batches.get(running) ??
      new EntityBatches(this.#calls, running, entity.fields, batchSize);
    this.#batches.set(running, batches);
    return batches.load(key);
  }
}

/**
 * Collects keys into batches. A batch is sent when it is full, or when no call of the request is under way that can bring more keys: three lists
 * of orders whose items are read in batches take one batch, whichever list comes first.
 */
class EntityBatches {
  readonly #calls: ConnectorCalls;
  readonly #running: RunningConnector;
  readonly #fields: readonly string[];
  readonly #maxSize: number;
  readonly #loads = new Map<string, Promise<unknown>>();
  #open: Load[] = [];

  constructor(
    calls: ConnectorCalls,
    running: RunningConnector,
    fields: readonly string[],
    maxSize: number,
  ) {
    this.#calls = calls;
    this.#running = running;
    this.#fields = fields;
    this.#maxSize = maxSize;
  }

  load(key: EntityFields): Promise<unknown> {
    const name = keyText(key, this.#fields);
    const known = this.#loads.get(name);
    if (known !== undefined) return known;
    const value = new Promise<unknown>((resolve, reject) => {
      this.#open.push({ name, key, resolve, reject });
    });
    this.#loads.set(name, value);
    if (this.#open.length === this.#maxSize) void this.#send();
    else if (this.#open.length === 1) this.#sendWhenQuiet();
    return value;
  }

  #sendWhenQuiet(): void {
    const [first] = this.#open;
    this.#calls.whenQuiet(this.#running.feeders, () => {
      // Full ones are on their way already.
      if (this.#open[0] === first) void this.#send();
    });
  }

  /** A source answers in any order, and leaves out what it does not know. */
  async #send(): Promise<void> {
    const loads = this.#open;
    this.#open = [];
    try {
      const batch = { $batch: loads.map(({ key }) => key) };
      const found = await runConnector(this.#calls, this.#running, batch);
      const byName = new Map(
        (Array.isArray(found) ? found : [found]).map((one: unknown) => [
          keyText(one, this.#fields),
          one,
        ]),
      );
      for (const { name, resolve } of loads) resolve(byName.get(name) ?? null);
    } catch (error) {
      for (const { reject } of loads) reject(error);
    }
  }
}

interface Load {
  readonly name: string;
  readonly key: EntityFields;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Keys compare as text: a source may have a number where the graph has an ID. */
const keyText = (object: unknown, fields: readonly string[]): string =>
  JSON.stringify(fields.map((field) => String(valueOf(object, field))));
