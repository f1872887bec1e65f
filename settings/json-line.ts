/**
 * Finds where a text stops being JSON, for messages: those of `JSON.parse` repeat what is in the text, and often name no place.
 * @returns the line, counted from 1; undefined for JSON
 */
export function lineOfJsonProblem(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return text.slice(0, offsetOfProblem(text)).split('\n').length;
  }
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing';

function offsetOfProblem(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  const token =
    /([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
  for (let at = 0; ; at = token.lastIndex) {
    while (SPACE.has(text.charAt(at))) at += 1;
    token.lastIndex = at;
    const found = token.exec(text);
    const next: Expected | undefined = found === null ? undefined : step(found, expected, open);
    if (next === undefined) return at;
    expected = next;
  }
}

const SPACE: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n']);

/** @returns what may follow; undefined where the token is wrong */
function step(
  [, sign, string]: RegExpExecArray,
  expected: Expected,
  open: ('{' | '[')[],
): Expected | undefined {
  const after = (): Expected => (open.length === 0 ? 'nothing' : ', or end');
  const takesValue = expected === 'value' || expected === 'value or ]';
  if (sign === '{' || sign === '[') {
    if (!takesValue) return undefined;
    open.push(sign);
    return sign === '{' ? 'key or }' : 'value or ]';
  }
  if (sign === '}' || sign === ']') {
    const isRight =
      open.pop() === (sign === '}' ? '{' : '[') &&
      (expected === ', or end' || expected === (sign === '}' ? 'key or }' : 'value or ]'));
    return isRight ? after() : undefined;
  }
  if (sign === ':') return expected === ':' ? 'value' : undefined;
  if (sign === ',')
    return expected === ', or end' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined;
  if (string !== undefined && (expected === 'key' || expected === 'key or }')) return ':';
  return takesValue ? after() : undefined;
}
