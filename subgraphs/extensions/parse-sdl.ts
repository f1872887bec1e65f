import { type DocumentNode, GraphQLError, Kind, parse } from 'graphql';

/** Either the document, or why there is none, as a sentence, and its line. */
export type ParsedSdl =
  | { readonly document: DocumentNode; readonly problem?: never; readonly line?: never }
  | { readonly document?: never; readonly problem: string; readonly line: number };

/** Parses SDL that an operator wrote. A text of nothing but comments is a document without definitions, which GraphQL does not have. */
export function parseSdl(sdl: string): ParsedSdl {
  try {
    return { document: parse(sdl) };
  } catch (error) {
    // It descends into each level of a type or value.
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
