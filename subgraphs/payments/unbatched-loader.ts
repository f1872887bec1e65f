/**
 * Reads each key once and stores the result, including failures. No payment processor reads several records by their ids in one call, so
 * there is no batch: each call starts at once and waits for no other.
 */
export class UnbatchedLoader<Key, Value> {
  readonly #read: (key: Key) => Promise<Value>;
  readonly #explain: (error: unknown) => never;
  #known: Map<string, Promise<Value> | { readonly value: Value }> | undefined;

  /** @param explain replaces the error that `read` throws */
  constructor(read: (key: Key) => Promise<Value>, explain: (error: unknown) => never) {
    this.#read = read;
    this.#explain = explain;
  }

  load(key: Key): Promise<Value> {
    const name = nameOf(key);
    const known = this.#known?.get(name);
    if (known !== undefined) return known instanceof Promise ? known : Promise.resolve(known.value);
    const reading = this.#read(key).catch(this.#explain);
    this.#all.set(name, reading);
    return reading;
  }

  /** Adds a record that came with another one, unless its key has been read. */
  prime(key: Key, value: Value): void {
    const name = nameOf(key);
    if (!this.#all.has(name)) this.#all.set(name, { value });
  }

  /** Created on first use: most requests use few of these loaders. */
  get #all() {
    return (this.#known ??= new Map());
  }
}

/** Equal for keys with equal content. */
const nameOf = (key: unknown) => (typeof key === 'string' ? key : JSON.stringify(key));
