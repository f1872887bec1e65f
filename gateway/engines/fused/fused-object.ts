/** An object of a type that several subgraphs add to, or that is met as one of several types. */
export class FusedObject {
  readonly type: string;
  /** The subgraph that gave the object. */
  readonly origin: string;
  /** What it gave. */
  readonly value: unknown;
  #counterparts: readonly Counterpart[] | undefined;

  constructor(type: string, origin: string, value: unknown) {
    this.type = type;
    this.origin = origin;
    this.value = value;
  }

  /** The object as another subgraph knows it, if that was found already. @param name tells the subgraph, and what was required for it. */
  counterpart(name: string): unknown {
    return this.#counterparts?.find((parent) => parent.name === name)?.value;
  }

  addCounterpart(name: string, value: unknown): void {
    // Most objects have none, and the others one or two: a list is smaller than a map.
    this.#counterparts =
      this.#counterparts === undefined
        ? [{ name, value }]
        : [...this.#counterparts, { name, value }];
  }
}

interface Counterpart {
  readonly name: string;
  readonly value: unknown;
}
