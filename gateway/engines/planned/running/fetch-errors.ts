import { GraphQLError } from 'graphql';
import { LoggedError } from '../../../../errors/coded-error.ts';
import type { Failure } from './failures.ts';
import type { Path } from '../../../operation/errors-by-path.ts';

/** The errors of all fetches of a plan. Bounded: a service can report any number of errors, and each can affect many fields. */
export class FetchErrors {
  readonly all: GraphQLError[] = [];

  add(failure: Failure, path: Path): void {
    if (this.all.length < MAX_ERRORS) this.all.push(failure.at(path));
    else if (this.all.length === MAX_ERRORS)
      this.all.push(new GraphQLError(TOO_MANY.message, { originalError: TOO_MANY }));
  }
}

const MAX_ERRORS = 10_000;

const TOO_MANY = new LoggedError(
  'INTERNAL_SERVER_ERROR',
  `More than ${String(MAX_ERRORS)} fields failed; the others are not listed.`,
);
