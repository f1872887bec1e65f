import type { GraphQLError } from 'graphql';

export type Path = readonly (string | number)[];

/** The errors of a response, by path. */
export class ErrorsByPath {
  readonly all: GraphQLError[] = [];
  readonly #places = new Set<string>();
  readonly #above = new Set<string>();

  constructor(errors: readonly GraphQLError[] = []) {
    for (const error of errors) this.add(error);
  }

  add(error: GraphQLError): void {
    this.all.push(error);
    const path = error.path ?? [];
    this.#places.add(path.join('/'));
    for (let length = 0; length <= path.length; length += 1)
      this.#above.add(path.slice(0, length).join('/'));
  }

  /** Whether there is an error at this path, below or above it. */
  explain(path: Path): boolean {
    if (this.all.length === 0) return false;
    if (this.#above.has(path.join('/'))) return true;
    return path.some((_key, length) => this.#places.has(path.slice(0, length).join('/')));
  }
}
