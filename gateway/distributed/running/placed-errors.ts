import { GraphQLError } from 'graphql';
import { LoggedError } from '../../../errors/coded-error.ts';
import type { Failure } from './failures.ts';

export type Path = readonly (string | number)[];

/** The errors of all fetches of a plan, up to a bound: a service may report any number, and each may cost many fields. */
export class FetchErrors {
  readonly all: GraphQLError[] = [];

  add(failure: Failure, path: Path): void {
    if (this.all.length < MAX_ERRORS) this.all.push(failure.at(path));
    else if (this.all.length === MAX_ERRORS) this.all.push(new GraphQLError(TOO_MANY.message, { originalError: TOO_MANY }));
  }
}

const MAX_ERRORS = 10_000;

const TOO_MANY = new LoggedError('INTERNAL_SERVER_ERROR', `More than ${String(MAX_ERRORS)} fields failed; the others are not listed.`);

/** The errors of an answer, by their places. */
export class PlacedErrors {
  readonly all: GraphQLError[] = [];
  readonly #places = new Set<string>();
  readonly #above = new Set<string>();

  add(error: GraphQLError): void {
    this.all.push(error);
    const path = error.path ?? [];
    this.#places.add(path.join('/'));
    for (let length = 0; length <= path.length; length += 1) this.#above.add(path.slice(0, length).join('/'));
  }

  /** Whether there is an error at this place, below or above it. */
  explain(path: Path): boolean {
    if (this.all.length === 0) return false;
    if (this.#above.has(path.join('/'))) return true;
    return path.some((_key, length) => this.#places.has(path.slice(0, length).join('/')));
  }
}
