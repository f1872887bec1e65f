import { type DocumentNode, GraphQLError, Kind, parse } from 'graphql';

/** The document, or the problem as a sentence and its line. */
export type ParsedSdl =
  | { readonly document: DocumentNode; readonly problem?: never; readonly line?: never }
  | { readonly document?: never; readonly problem: string; readonly line: number };

/**
 * Parses an operator's SDL. Text that contains only comments gives a document without definitions, which GraphQL's grammar does not allow.
 */
export function parseSdl(sdl: string): ParsedSdl {
  try {
    return { document: parse(sdl) };
  } catch (error) {
    // The parser recurses into each level of a type or value.
    if (error instanceof RangeError)
      return { problem: 'Types or values are nested too deeply.', line: 1 };
    if (!(error instanceof GraphQLError)) throw error;
    if (isBlank(sdl)) return { document: { kind: Kind.DOCUMENT, definitions: [] } };
    return {
      problem: error.message.replace(/\.?$/, '.'),
      line: error.locations?.[0]?.line ?? 1,
    };
  }
}

const isBlank = (sdl: string) => sdl.split(/[\n\r]/).every((line) => /^[\s,]*(?:#.*)?$/.test(line));
