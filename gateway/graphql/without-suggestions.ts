import type { GraphQLFormattedError } from 'graphql';
import { withoutSuggestion } from '../../errors/shorten-message.ts';

export type FormatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

/** Leaves out what graphql-js guesses to have been meant: name by name, a schema that is not shown can be read from it. */
export function withoutSuggestions(format: FormatError): FormatError {
  return (formatted, error) =>
    format({ ...formatted, message: withoutSuggestion(formatted.message) }, error);
}
