/**
 * A message that repeats at most 100 characters of a value that somebody sent: of what is in quotation marks or brackets, and of what has no
 * blank. The middle of a longer value is left out, and that of a message that has more than 400 characters all the same. A message whose
 * values are short stays as it is.
 */
export function shortenMessage(message: string): string {
  if (message.length <= MAX_VALUE) return message;
  const body = withoutSuggestion(message);
  const suggestion = message.slice(body.length);
  return shortenBody(body) + (suggestion.length <= MAX_SUGGESTION ? suggestion : '');
}

/** Leaves out the end of a message in which graphql-js guesses what was meant: its `didYouMean`. */
export function withoutSuggestion(message: string): string {
  // What somebody sent may look like one, and is before it.
  const begin = message.endsWith('?') ? message.lastIndexOf(SUGGESTION) : -1;
  return begin < 0 ? message : message.slice(0, begin);
}

const SUGGESTION = ' Did you mean ';

const MAX_VALUE = 100;
const MAX_BODY = 400;
/** Five names of a schema. What is longer is left out whole: who may not see the schema must not be left with a part of it. */
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

/** @returns where the blank, value or word ends that begins at a place. */
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

/** The text may be written as JSON, in which a backslash keeps a quotation mark from ending it. */
function endOfText(message: string, begin: number): number {
  const mark = message.startsWith(BLOCK, begin) ? BLOCK : '"';
  for (let at = begin + mark.length; at < message.length; at += 1) {
    if (message.charAt(at) === '\\') at += 1;
    else if (message.startsWith(mark, at)) return at + mark.length;
  }
  return message.length;
}

/** Around a text of several lines in GraphQL. */
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
