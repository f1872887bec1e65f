import type { GraphQLFormattedError } from 'graphql';

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Leaves out what graphql-js guesses to have been meant: name by name, a schema that is not shown can be read from it. */
export function withoutSuggestions(format: FormatError): FormatError {
  return (formatted, error) => format({ ...formatted, message: withoutSuggestion(formatted.message) }, error);
}

/** `didYouMean` of graphql-js ends a message; what a client wrote may be before it. */
function withoutSuggestion(message: string): string {
  const begin = message.endsWith('?') ? message.lastIndexOf(SUGGESTION) : -1;
  return begin < 0 ? message : message.slice(0, begin);
}

const SUGGESTION = ' Did you mean ';
