/**
 * Remembers what was read for each key, failures included. No payment processor reads several records by their ids at once, so that
 * there is nothing to batch: each call starts right away, and none waits for a slower neighbour.
 */
export class UnbatchedLoader<Key, Value> {
  readonly #read: (key: Key) => Promise<Value>;
  readonly #explain: (error: unknown) => never;
  #known: Map<string, Promise<Value> | { readonly came: Value }> | undefined;

  /** @param explain replaces what `read` throws. */
  constructor(read: (key: Key) => Promise<Value>, explain: (error: unknown) => never) {
    this.#read = read;
    this.#explain = explain;
  }

  load(key: Key): Promise<Value> {
    const name = nameOf(key);
    const known = this.#known?.get(name);
    if (known !== undefined) return known instanceof Promise ? known : Promise.resolve(known.came);
    const reading = this.#read(key).catch(this.#explain);
    this.#all.set(name, reading);
    return reading;
  }

  /** Adds what came along with something else, unless it has been asked for already. */
  prime(key: Key, value: Value): void {
    const name = nameOf(key);
    if (!this.#all.has(name)) this.#all.set(name, { came: value });
  }

  /** Most requests need few of the readers that are there for each. */
  get #all() {
    return (this.#known ??= new Map());
  }
}

/** Keys that say the same are one. */
const nameOf = (key: unknown) => (typeof key === 'string' ? key : JSON.stringify(key));
