import type { GraphQLFormattedError } from 'graphql';
import { withoutSuggestion } from '../../errors/shorten-message.ts';

export type FormatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

/** Removes the suggestions of graphql-js, which reveal a hidden schema name by name. */
export function withoutSuggestions(format: FormatError): FormatError {
  return (formatted, error) =>
    format({ ...formatted, message: withoutSuggestion(formatted.message) }, error);
}
