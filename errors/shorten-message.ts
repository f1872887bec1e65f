/**
 * Shortens the values in a message to 100 characters: texts in quotation marks or brackets, and texts without a blank. The middle of a longer value
 * is left out, and so is that of a message that still has more than 400 characters.
 */
export function shortenMessage(message: string): string {
  if (message.length <= MAX_VALUE) return message;
  const body = withoutSuggestion(message);
  const suggestion = message.slice(body.length);
  return shortenBody(body) + (suggestion.length <= MAX_SUGGESTION ? suggestion : '');
}

/** Removes the suggestions at the end of a message of graphql-js: its `didYouMean`. */
export function withoutSuggestion(message: string): string {
  // A sent value can look like one, and is before it.
  const begin = message.endsWith('?') ? message.lastIndexOf(SUGGESTION) : -1;
  return begin < 0 ? message : message.slice(0, begin);
}

const SUGGESTION = ' Did you mean ';

const MAX_VALUE = 100;
const MAX_BODY = 400;
/** Five names of a schema. Longer suggestions are removed completely: a client that may not see the schema must not get a part of it. */
const MAX_SUGGESTION = 300;

function shortenBody(body: string): string {
  const parts: string[] = [];
  for (let at = 0; at < body.length;) {
    const end = endOfPart(body, at);
    parts.push(withoutMiddle(body.slice(at, end), MAX_VALUE));
    at = end;
  }
  const short = parts.join('');
  return short.length <= MAX_BODY ? short : withoutMiddle(short, 2 * MAX_VALUE);
}

function withoutMiddle(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max / 2)} [...] ${text.slice(-max / 2)}`;
}

/** @returns the end of the blank, value or word that begins at an index */
function endOfPart(message: string, begin: number): number {
  const first = message.charAt(begin);
  if (first === '"') return endOfText(message, begin);
  if (OPENING.has(first)) return endOfBrackets(message, begin);
  let end = begin + 1;
  while (end < message.length && !isBoundary(message.charAt(end)) && !isBoundary(first)) end += 1;
  return end;
}

const isBoundary = (character: string) =>
  character === '"' || OPENING.has(character) || character.trim() === '';

const OPENING: ReadonlySet<string> = new Set(['{', '[']);
const CLOSING: ReadonlySet<string> = new Set(['}', ']']);

/** The text can be JSON, in which a quotation mark after a backslash does not end it. */
function endOfText(message: string, begin: number): number {
  const mark = message.startsWith(BLOCK, begin) ? BLOCK : '"';
  for (let at = begin + mark.length; at < message.length; at += 1) {
    if (message.charAt(at) === '\\') at += 1;
    else if (message.startsWith(mark, at)) return at + mark.length;
  }
  return message.length;
}

/** Encloses a text of several lines in GraphQL. */
const BLOCK = '"""';

function endOfBrackets(message: string, begin: number): number {
  let open = 0;
  for (let at = begin; at < message.length; at += 1) {
    const character = message.charAt(at);
    if (character === '"') at = endOfText(message, at) - 1;
    else if (OPENING.has(character)) open += 1;
    else if (CLOSING.has(character)) open -= 1;
    if (open === 0) return at + 1;
  }
  return message.length;
}
