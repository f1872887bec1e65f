/** An object of a type to which several subgraphs contribute, or that has an interface or union. */
export class FusedObject {
  readonly type: string;
  /** The subgraph that gave the object. */
  readonly origin: string;
  /** The object as the origin returned it. */
  readonly value: unknown;
  #counterparts: readonly Counterpart[] | undefined;

  constructor(type: string, origin: string, value: unknown) {
    this.type = type;
    this.origin = origin;
    this.value = value;
  }

  /** The object in another subgraph, if already found. @param name identifies the subgraph and the required fields */
  counterpart(name: string): unknown {
    return this.#counterparts?.find((parent) => parent.name === name)?.value;
  }

  addCounterpart(name: string, value: unknown): void {
    // Most objects have none, others one or two: a list needs less memory than a map.
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
