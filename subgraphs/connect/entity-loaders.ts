import type { ConnectorCalls, RunningConnector } from './connector-calls.ts';
import type { EntityKey } from './connector-file.ts';
import { hasOwn, valueAt, valueOf } from './objects.ts';
import { runConnector } from './pages/paged-reads.ts';

/** The known fields of a key, by name. */
export type EntityFields = Readonly<Record<string, unknown>>;

/** Loads entities by their keys, each once per request, in batches if the source supports them. */
export class EntityLoaders {
  readonly #calls: ConnectorCalls;
  readonly #batches = new Map<RunningConnector, EntityBatches>();
  readonly #ofObjects = new Map<RunningConnector, WeakMap<object, Promise<unknown>>>();

  constructor(calls: ConnectorCalls) {
    this.#calls = calls;
  }

  /**
   * Loads the entity of an object by the key that it contains. The fields of an object share it.
   * @returns undefined if the object lacks a field of the key
   */
  of(running: RunningConnector, object: unknown): Promise<unknown> | undefined {
    if (typeof object !== 'object' || object === null) return undefined;
    const ofConnector = this.#ofObjects.get(running) ?? new WeakMap<object, Promise<unknown>>();
    this.#ofObjects.set(running, ofConnector);
    const known = ofConnector.get(object);
    if (known !== undefined) return known;
    const key = keyOf(object, running);
    if (key === undefined) return undefined;
    const found = this.load(running, key);
    ofConnector.set(object, found);
    return found;
  }

  /**
   * @param key contains all fields that the connector needs
   * @returns null for an entity that the source does not know
   */
  load(running: RunningConnector, key: EntityFields): Promise<unknown> {
    const { entity, batchSize } = running.connector;
    if (entity === undefined) throw new TypeError('A connector of an entity has a key.');
    if (batchSize === undefined) return this.#calls.run(running, { [entity.variable]: key });
    const batches =
      this.#batches.get(running) ??
      new EntityBatches(this.#calls, running, entity.paths, batchSize);
    this.#batches.set(running, batches);
    return batches.load(key);
  }
}

/**
 * Collects keys into batches. A batch is sent when it is full, or when no pending call of the request can return more keys: three lists
 * of orders whose items are read in batches take one batch, in any order of the lists.
 */
class EntityBatches {
  readonly #calls: ConnectorCalls;
  readonly #running: RunningConnector;
  readonly #paths: EntityKey['paths'];
  readonly #maxSize: number;
  readonly #loads = new Map<string, Promise<unknown>>();
  #open: Load[] = [];

  constructor(
    calls: ConnectorCalls,
    running: RunningConnector,
    paths: EntityKey['paths'],
    maxSize: number,
  ) {
    this.#calls = calls;
    this.#running = running;
    this.#paths = paths;
    this.#maxSize = maxSize;
  }

  load(key: EntityFields): Promise<unknown> {
    const name = keyText(key, this.#paths);
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
      // Full batches have been sent already.
      if (this.#open[0] === first) void this.#send();
    });
  }

  /** A source can return entities in any order, and omits unknown ones. */
  async #send(): Promise<void> {
    const loads = this.#open;
    this.#open = [];
    try {
      const batch = { $batch: loads.map(({ key }) => key) };
      const found = await runConnector(this.#calls, this.#running, batch);
      const byName = new Map<string, unknown>();
      for (const one of Array.isArray(found) ? (found as unknown[]) : [found])
        if (!hasWrongKey(one, this.#paths)) byName.set(keyText(one, this.#paths), one);
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

/** @returns undefined if the object lacks a field of the connector's key */
function keyOf(
  object: unknown,
  { connector: { entity } }: RunningConnector,
): EntityFields | undefined {
  if (entity === undefined) return undefined;
  if (entity.paths.some((path) => valueAt(object, path) == null)) return undefined;
  return Object.fromEntries(entity.fields.map((name) => [name, valueOf(object, name)]));
}

/** An object with a key of the wrong type is ignored. */
const hasWrongKey = (object: unknown, paths: EntityKey['paths']): boolean =>
  paths.some(([name = '']) => hasOwn(object, name) && object[name] instanceof Error);

/** Compares keys as text: a source may use a number for an ID. */
function keyText(object: unknown, paths: EntityKey['paths']): string {
  const texts = paths.map((path) => String(valueAt(object, path)));
  return texts.length === 1 ? texts.join() : JSON.stringify(texts);
}
