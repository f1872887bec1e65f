import {
  isList,
  isObject,
  propertyOf,
  type Value,
} from '../../subgraphs/connect/mapping/values.ts';

export type JsonType = 'text' | 'number' | 'boolean' | 'object' | 'list';

/** The known properties of a field in an API's responses. */
export interface FieldFacts {
  readonly types: ReadonlySet<JsonType>;
  readonly isNullable: boolean;
  /** Whether some parent objects lack it. */
  readonly isOptional: boolean;
  /** All possible values; undefined if they are not listed. */
  readonly values?: ReadonlySet<string> | undefined;
}

/**
 * Derives the facts of a field from a body.
 * @param path keys; lists are entered
 * @returns undefined if the body has no parent object; `absent` if all parent objects lack the field
 */
export function observe(body: Value, path: readonly string[]): FieldFacts | 'absent' | undefined {
  const facts = { types: new Set<JsonType>(), isNullable: false, isOptional: false };
  visit(body, path, 0, facts);
  if (facts.types.size === 0 && !facts.isNullable) return facts.isOptional ? 'absent' : undefined;
  return facts;
}

interface Facts {
  readonly types: Set<JsonType>;
  isNullable: boolean;
  isOptional: boolean;
}

function visit(value: Value, path: readonly string[], at: number, facts: Facts): void {
  // A list at the end of the path is the value; before, its items have the next key.
  if (isList(value) && at < path.length) {
    for (const item of value) visit(item, path, at, facts);
    return;
  }
  const key = path[at];
  if (key === undefined) {
    if (value === null) facts.isNullable = true;
    else facts.types.add(typeOf(value));
    return;
  }
  if (!isObject(value)) return;
  const below = propertyOf(value, key);
  if (below === undefined) facts.isOptional = true;
  else visit(below, path, at + 1, facts);
}

function typeOf(value: Exclude<Value, null>): JsonType {
  if (isList(value)) return 'list';
  if (isObject(value)) return 'object';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'boolean' : 'number';
}

/** The texts at a path of a body. */
export function textsAt(body: Value, path: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const collect = (value: Value, at: number): void => {
    if (isList(value)) for (const item of value) collect(item, at);
    else if (at === path.length) {
      if (typeof value === 'string' && found.size < MAX_TEXTS) found.add(value);
    } else if (isObject(value)) {
      const below = propertyOf(value, path[at] ?? '');
      if (below !== undefined) collect(below, at + 1);
    }
  };
  collect(body, 0);
  return found;
}

const MAX_TEXTS = 1000;
