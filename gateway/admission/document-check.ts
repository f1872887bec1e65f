import { BREAK, type DocumentNode, GraphQLError, parse, visit } from 'graphql';
import { CodedError } from '../../errors/coded-error.ts';
import { refuseRootConditions } from '../operation/root-conditions.ts';
import type { DocumentLimits } from './document-limits.ts';
import { type DocumentProblem, findProblem } from './measure-document.ts';

/**
 * Checks that a document is small enough for validation.
 * @returns why it is refused; undefined if its size is within the limits or it is not GraphQL
 */
export function refuseDocument(text: string, limits: DocumentLimits): CodedError | undefined {
  if (text.length > MAX_CHARACTERS)
    return tooComplex(`The document must have at most ${String(MAX_CHARACTERS)} characters.`);
  if (hasManyLines(text))
    return tooComplex(`The document must have at most ${String(MAX_LINES)} lines.`);
  const document = read(text, limits.tokens);
  if (document instanceof CodedError) return document;
  if (document === undefined) return undefined;
  if (hasLongWord(text) && hasLongName(document))
    return tooComplex(`A name in the document must have at most ${String(MAX_NAME)} characters.`);
  const problem = findProblem(document, limits);
  if (problem !== undefined) return describe(problem, limits);
  const condition = refuseRootConditions(document);
  return condition === undefined
    ? undefined
    : new CodedError('GRAPHQL_VALIDATION_FAILED', condition);
}

/** About 30 times the longest example operation; long values belong in variables. */
const MAX_CHARACTERS = 100_000;

/** Far more than the limit of tokens; reading a line of a block string costs as much as many tokens. */
const MAX_LINES = 10_000;

/** Ten times the longest name of a schema. Validation compares unknown names with all similar ones. */
const MAX_NAME = 1000;

/** Can also match a string, which can be long. */
const hasLongWord = (text: string) => text.split(/\W+/).some((word) => word.length > MAX_NAME);

function hasLongName(document: DocumentNode): boolean {
  let isFound = false;
  const checkLength = ({ value }: { readonly value: string }) => {
    if (value.length <= MAX_NAME) return undefined;
    isFound = true;
    return BREAK;
  };
  visit(document, { Name: checkLength, EnumValue: checkLength });
  return isFound;
}

function hasManyLines(text: string): boolean {
  if (text.length <= MAX_LINES) return false;
  let lines = 1;
  for (const end of ['\n', '\r']) {
    for (let at = text.indexOf(end); at >= 0 && lines <= MAX_LINES; at = text.indexOf(end, at + 1))
      lines += 1;
  }
  return lines > MAX_LINES;
}

function read(text: string, maxLexicalTokens: number): DocumentNode | CodedError | undefined {
  try {
    return parse(text, { maxLexicalTokens, noLocation: true });
  } catch (error) {
    // graphql-js parses brackets recursively and can exceed the stack before it has counted the tokens.
    if (error instanceof RangeError)
      return tooComplex('The document is nested too deeply to be parsed.');
    // graphql-js reports the token limit only by this message.
    const isTooLong = error instanceof GraphQLError && error.message.includes('Parsing aborted');
    return isTooLong
      ? tooComplex(`The document must have at most ${String(maxLexicalTokens)} tokens.`)
      : undefined;
  }
}

function describe(problem: DocumentProblem, limits: DocumentLimits): CodedError {
  // The message of graphql-js.
  if ('circular' in problem)
    return new CodedError(
      'GRAPHQL_VALIDATION_FAILED',
      `Cannot spread fragment "${problem.circular}" within itself.`,
    );
  return tooComplex(
    `The document must have at most ${String(limits[problem.exceeded])} ${LIMITED[problem.exceeded]}.`,
  );
}

const LIMITED = {
  depth: 'nested levels of selections and fragments',
  selections: 'fields and fragments, counting each wherever it is spread',
  aliases: 'aliases, counting each wherever it is spread',
  rootFields: 'root fields, counting each wherever it is spread',
  directives: 'directives, counting each wherever it is spread',
  repetitions: 'pairs of fields with the same response path',
} as const;

const tooComplex = (message: string) => new CodedError('OPERATION_TOO_COMPLEX', message);
