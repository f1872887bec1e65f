import { stringifyJson } from '../../subgraphs/connect/mapping/json.ts';
import { isList, isObject, type Value } from '../../subgraphs/connect/mapping/values.ts';

/** Maximum number of sentences in a comparison. */
const MAX_DIFFERENCES = 20;

/** Describes the differences between two JSON values: one sentence each, beginning with the path. The order of keys is ignored. */
export function differences(expected: Value, actual: Value): readonly string[] {
  const found: string[] = [];
  compare(expected, actual, '', found);
  if (found.length <= MAX_DIFFERENCES) return found;
  const more = found.length - MAX_DIFFERENCES;
  return [...found.slice(0, MAX_DIFFERENCES), `${String(more)} more differences`];
}

function compare(expected: Value, actual: Value, path: string, found: string[]): void {
  const at = path === '' ? '' : `${path}: `;
  if (isList(expected) && isList(actual)) {
    if (expected.length !== actual.length)
      found.push(`${at}expected ${itemsOf(expected.length)}, but got ${itemsOf(actual.length)}`);
    for (const [index, item] of expected.entries()) {
      const other = actual[index];
      if (other !== undefined) compare(item, other, `${path}[${String(index)}]`, found);
    }
  } else if (isObject(expected) && isObject(actual)) {
    for (const [key, value] of Object.entries(expected)) {
      const below = keyPath(path, key);
      const other = Object.hasOwn(actual, key) ? actual[key] : undefined;
      if (other === undefined) found.push(`${below}: expected ${quote(value)}, but it is missing`);
      else compare(value, other, below, found);
    }
    for (const [key, value] of Object.entries(actual))
      if (!Object.hasOwn(expected, key))
        found.push(`${keyPath(path, key)}: got ${quote(value)}, which is not expected`);
  } else if (expected !== actual)
    found.push(`${at}expected ${quote(expected)}, but got ${quote(actual)}`);
}

const itemsOf = (count: number) => `${String(count)} ${count === 1 ? 'item' : 'items'}`;

const keyPath = (path: string, key: string) =>
  /^\w+$/.test(key) ? (path === '' ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`;

const MAX_QUOTED = 200;

/** Quotes a value for a message; bounded. */
function quote(value: Value): string {
  const text = stringifyJson(value);
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}...`;
}
