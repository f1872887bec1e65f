import { isObject, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import { fieldName, singularOf, wordsOf } from './names.ts';
import type { ApiDocument } from './read-document.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** An operation of a document. */
export interface ApiOperation {
  readonly method: Method;
  /** `/orders/{id}` */
  readonly path: string;
  /** `operationId` */
  readonly id: string | undefined;
  readonly keywords: JsonObject;
  /** Parameters of the operation and of its path, the operation's first. */
  readonly parameters: readonly unknown[];
}

/** The operations that connectors support, in the document's order. */
export function listOperations(document: ApiDocument): readonly ApiOperation[] {
  const found: ApiOperation[] = [];
  for (const [path, pathItem] of Object.entries(objectAt(document.root, 'paths'))) {
    const item = document.resolve(pathItem)?.value;
    if (item === undefined || !path.startsWith('/')) continue;
    for (const method of METHODS) {
      const keywords = item[method.toLowerCase()];
      if (!isObject(keywords)) continue;
      found.push({
        method,
        path,
        id: textAt(keywords, 'operationId'),
        keywords,
        parameters: [...listAt(keywords, 'parameters'), ...listAt(item, 'parameters')],
      });
    }
  }
  return found;
}

/** `GET /orders/{id} (getOrder)` and its summary. */
export function describeOperation({ method, path, id, keywords }: ApiOperation): string {
  const summary = textAt(keywords, 'summary')?.replaceAll(/\s+/g, ' ').slice(0, 80);
  return [
    `${method} ${path}`,
    ...(id === undefined ? [] : [`(${id.slice(0, 80)})`]),
    ...(summary === undefined ? [] : [`- ${summary}`]),
  ].join(' ');
}

/**
 * Chooses operations by patterns: `listOrders`, `list*`, `GET /orders/*`, `* /orders/**`. `*` matches any text within a path segment, and
 * `**` any number of segments.
 * @returns the matching operations, in the document's order, and the patterns without a match
 */
export function chooseOperations(
  operations: readonly ApiOperation[],
  patterns: readonly string[],
): { readonly chosen: readonly ApiOperation[]; readonly unmatched: readonly string[] } {
  const chosen = new Set<ApiOperation>();
  const unmatched = patterns.filter((pattern) => {
    const found = operations.filter((operation) => matches(operation, pattern.trim()));
    for (const operation of found) chosen.add(operation);
    return found.length === 0;
  });
  return { chosen: operations.filter((operation) => chosen.has(operation)), unmatched };
}

function matches({ method, path, id }: ApiOperation, pattern: string): boolean {
  const [, methods = '', paths] = /^(\*|[A-Za-z]+)\s+(\/.*)$/.exec(pattern) ?? [];
  if (paths === undefined)
    return pattern.startsWith('/')
      ? isPath(path, pattern)
      : id !== undefined && isLike(id, pattern);
  return (methods === '*' || methods.toUpperCase() === method) && isPath(path, paths);
}

function isPath(path: string, pattern: string): boolean {
  return isList(path.split('/'), pattern.split('/'), '**', isLike);
}

const isLike = (text: string, pattern: string): boolean =>
  isList(text.split(''), pattern.split(''), '*', (one, other) => one === other);

/** Matches two lists; one pattern part stands for any number of parts. Backtracks only to the last such part. */
function isList(
  parts: readonly string[],
  pattern: readonly string[],
  any: string,
  isSame: (part: string, pattern: string) => boolean,
): boolean {
  let at = 0;
  let atPattern = 0;
  let back: { readonly at: number; readonly atPattern: number } | undefined;
  while (at < parts.length) {
    const wanted = pattern[atPattern];
    if (wanted === any) {
      back = { at, atPattern };
      atPattern += 1;
    } else if (wanted !== undefined && isSame(parts[at] ?? '', wanted)) {
      at += 1;
      atPattern += 1;
    } else if (back !== undefined) {
      back = { ...back, at: back.at + 1 };
      at = back.at;
      atPattern = back.atPattern + 1;
    } else return false;
  }
  return pattern.slice(atPattern).every((part) => part === any);
}

/**
 * The field name of an operation: reads are named after their result.
 * @param isPlain false if another operation has the same name
 */
export function rootFieldName({ method, path, id }: ApiOperation, isPlain: boolean): string {
  if (id !== undefined && wordsOf(id).length > 0) {
    const [first = '', ...others] = wordsOf(id);
    return isPlain && method === 'GET' && READS.has(first) && others.length > 0
      ? fieldName(others.join(' '))
      : fieldName(id);
  }
  const parts = path.split('/').filter((part) => part !== '');
  const names = parts.filter((part) => !part.includes('{'));
  const isOne = parts.at(-1)?.includes('{') === true || method !== 'GET';
  const words = names.map((name, index) =>
    index < names.length - 1 || isOne ? singularOf(wordsOf(name).join(' ')) : name,
  );
  const verb = method === 'GET' ? (isPlain ? [] : ['get']) : [VERBS[method]];
  const params = parts.filter((part) => part.includes('{')).map((part) => `by ${part}`);
  return fieldName(...verb, ...words, ...(isPlain ? [] : params));
}

const READS = new Set(['get', 'list', 'fetch', 'retrieve', 'read', 'find', 'show']);
const VERBS = { POST: 'create', PUT: 'replace', PATCH: 'update', DELETE: 'delete' } as const;
