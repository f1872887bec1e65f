/**
 * Remembers what was read for each key, failures included. No payment processor reads several records at once, so that there is
 * nothing to batch: each call starts right away, and none waits for a slower neighbour.
 */
export class Once<Key, Value> {
  readonly #read: (key: Key) => Promise<Value>;
  #known: Map<string, Promise<Value>> | undefined;

  constructor(read: (key: Key) => Promise<Value>) {
    this.#read = read;
  }

  load(key: Key): Promise<Value> {
    return this.#known?.get(nameOf(key)) ?? this.#remember(key, this.#read(key));
  }

  /** Adds what came along with something else, unless it has been asked for already. */
  prime(key: Key, value: Value): void {
    if (this.#known?.has(nameOf(key)) !== true) void this.#remember(key, Promise.resolve(value));
  }

  #remember(key: Key, value: Promise<Value>): Promise<Value> {
    // Most requests need few of the readers that are there for each.
    this.#known ??= new Map();
    this.#known.set(nameOf(key), value);
    return value;
  }
}

/** Keys that say the same are one. */
const nameOf = (key: unknown) => (typeof key === 'string' ? key : JSON.stringify(key));
