/** An object of a type that several subgraphs add to, or that is met as one of several types. */
export class FusedObject {
  readonly type: string;
  /** The subgraph that gave the object. */
  readonly home: string;
  /** What it gave. */
  readonly value: unknown;
  #parents: readonly Parent[] | undefined;

  constructor(type: string, home: string, value: unknown) {
    this.type = type;
    this.home = home;
    this.value = value;
  }

  /** The object as another subgraph knows it, if that was found already. @param name tells the subgraph, and what was required for it. */
  parent(name: string): unknown {
    return this.#parents?.find((parent) => parent.name === name)?.value;
  }

  addParent(name: string, value: unknown): void {
    // Most objects have none, and the others one or two: a list is smaller than a map.
    this.#parents = this.#parents === undefined ? [{ name, value }] : [...this.#parents, { name, value }];
  }
}

interface Parent {
  readonly name: string;
  readonly value: unknown;
}
