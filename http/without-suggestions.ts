import type { GraphQLFormattedError } from 'graphql';

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Leaves out what graphql-js guesses to have been meant: name by name, a schema that is not shown can be read from it. */
export function withoutSuggestions(format: FormatError): FormatError {
  return (formatted, error) => {
    const { message, ...rest } = format(formatted, error);
    return { message: message.replace(SUGGESTION, ''), ...rest };
  };
}

/** The end of a message: `didYouMean` of graphql-js. */
const SUGGESTION = / ?Did you mean .+\?$/s;
