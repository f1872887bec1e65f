/** An object of a type that several subgraphs add to, or that is met as one of several types. */
export class FusedObject {
  readonly type: string;
  /** The subgraph that gave the object. */
  readonly home: string;
  /** What it gave. */
  readonly value: unknown;
  /** The object as other subgraphs know it, by the subgraph and by what was required for it. */
  readonly parents = new Map<string, unknown>();

  constructor(type: string, home: string, value: unknown) {
    this.type = type;
    this.home = home;
    this.value = value;
  }
}
