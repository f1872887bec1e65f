/** An object of a type that several subgraphs add to, or that is met as one of several types. */
export class FusedObject {
  readonly type: string;
  /** The subgraph that gave the object. */
  readonly home: string;
  /** What it gave. */
  readonly value: unknown;
  #parents: Map<string, unknown> | undefined;

  constructor(type: string, home: string, value: unknown) {
    this.type = type;
    this.home = home;
    this.value = value;
  }

  /** The object as another subgraph knows it, if that was found already. @param name tells the subgraph, and what was required for it. */
  parent(name: string): unknown {
    return this.#parents?.get(name);
  }

  addParent(name: string, parent: unknown): void {
    // Most objects are never looked for elsewhere.
    this.#parents ??= new Map();
    this.#parents.set(name, parent);
  }
}
