import type { GraphQLFormattedError } from 'graphql';

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Leaves out names of the schema that a client did not write: graphql-js guesses what may have been meant, by which a schema can be read. */
export function withoutSuggestions(format: FormatError): FormatError {
  return (formatted, error) => {
    const { message, ...rest } = format(formatted, error);
    return { message: message.replace(SUGGESTION, ''), ...rest };
  };
}

/** The end of a message: `didYouMean` of graphql-js. */
const SUGGESTION = / ?Did you mean .+\?$/s;
