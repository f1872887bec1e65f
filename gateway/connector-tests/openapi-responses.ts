import { parse } from 'yaml';
import { isList, isObject, type Value } from '../../subgraphs/connect/mapping/values.ts';
import type { FieldFacts, JsonType } from './field-facts.ts';

/** Maximum length of a document: those of large vendors have about 10 million characters. */
const MAX_CHARACTERS = 30_000_000;
/** Maximum number of references and alternatives followed for one field. */
const MAX_SCHEMAS = 500;

export type ReadOpenApi =
  | { readonly document: OpenApiResponses; readonly problem?: never }
  | { readonly document?: never; readonly problem: string };

/** Reads an OpenAPI document of version 3, as JSON or YAML, with references inside it. */
export function readOpenApi(path: string, text: string): ReadOpenApi {
  if (text.length > MAX_CHARACTERS)
    return { problem: `${path} must have at most ${String(MAX_CHARACTERS)} characters.` };
  try {
    const isJson = text.trimStart().startsWith('{');
    // The cast is safe: JSON and YAML have no other values.
    const root = (isJson ? JSON.parse(text) : parse(text, { maxAliasCount: 100 })) as Value;
    const version = isObject(root) ? root['openapi'] : undefined;
    if (typeof version === 'string' && version.startsWith('3.'))
      return { document: new OpenApiResponses(root) };
    return { problem: `${path} must be an OpenAPI document of version 3.` };
  } catch (error) {
    return { problem: `${path} cannot be read: ${error instanceof Error ? error.message : ''}` };
  }
}

/** The schemas of successful responses in an OpenAPI document. */
export class OpenApiResponses {
  readonly #root: Value;
  /** By method and path with empty parameter names. */
  readonly #schemas = new Map<string, Value | undefined>();

  constructor(root: Value) {
    this.#root = root;
    const servers = at(root, 'servers');
    const bases = (isList(servers) ? servers : []).map((server) => pathnameOf(at(server, 'url')));
    for (const [path, item] of entriesOf(at(root, 'paths')))
      for (const [method, operation] of entriesOf(this.#resolve(item)))
        for (const base of new Set(['', ...bases]))
          this.#schemas.set(
            keyOf(method, `${base}${path}`),
            this.#schemaOf(this.#resolve(operation)),
          );
  }

  /**
   * @param path with parameters in braces; the document can omit the base path of its servers
   * @returns undefined if the document has no such operation
   */
  operation(method: string, path: string): OperationResponse | undefined {
    const segments = path.split('/');
    for (let from = 1; from <= segments.length; from += 1) {
      const key = keyOf(method, `/${segments.slice(from).join('/')}`);
      if (this.#schemas.has(key)) {
        const schema = this.#schemas.get(key);
        return { field: (names) => this.#factsOf(schema, names) };
      }
    }
    return undefined;
  }

  #schemaOf(operation: Value | undefined): Value | undefined {
    const responses = at(operation, 'responses');
    const status = ['200', '201', '2XX', 'default'].find((one) => at(responses, one) !== undefined);
    const content = at(this.#resolve(at(responses, status ?? '')), 'content');
    const [, media] = entriesOf(content).find(([type]) => /\bjson\b/.test(type)) ?? [];
    return at(media, 'schema');
  }

  #factsOf(schema: Value | undefined, path: readonly string[]): FieldFacts | 'absent' | undefined {
    const facts = {
      types: new Set<JsonType>(),
      isNullable: false,
      isOptional: false,
      isUnknown: false,
      lists: [] as ReadonlySet<string>[],
    };
    let left = MAX_SCHEMAS;
    const visit = (part: Value | undefined, index: number): void => {
      left -= 1;
      const one = this.#resolve(part);
      if (left < 0 || !isObject(one)) {
        facts.isUnknown = true;
        return;
      }
      const alternatives = ['oneOf', 'anyOf', 'allOf'].flatMap((key) => {
        const found = one[key];
        return isList(found) ? found : [];
      });
      // Parts of an `allOf` without the field are ignored.
      for (const alternative of alternatives) visit(alternative, index);
      const key = path[index];
      const types = typesOf(one);
      if (one['nullable'] === true || types.includes('null')) facts.isNullable = true;
      if (key === undefined) {
        for (const type of types) {
          const known = TYPES[type];
          if (known !== undefined) facts.types.add(known);
        }
        const values = one['enum'];
        if (isList(values)) facts.lists.push(new Set(values.map(String)));
        if (types.length === 0 && alternatives.length === 0) facts.isUnknown = true;
        return;
      }
      if (one['items'] !== undefined) visit(one['items'], index);
      const properties = one['properties'];
      const below = at(properties, key);
      const required = one['required'];
      if (below !== undefined) {
        if (!isList(required) || !required.includes(key)) facts.isOptional = true;
        visit(below, index + 1);
      } else if (
        (properties === undefined && one['items'] === undefined && alternatives.length === 0) ||
        (one['additionalProperties'] !== undefined && one['additionalProperties'] !== false)
      )
        facts.isUnknown = true;
    };
    visit(schema, 0);
    if (facts.isUnknown) return undefined;
    if (facts.types.size === 0) return 'absent';
    const { types, isNullable, isOptional, lists } = facts;
    const values = lists.length === 0 ? undefined : new Set(lists.flatMap((list) => [...list]));
    return { types, isNullable, isOptional, values };
  }

  /** Follows references inside the document. */
  #resolve(value: Value | undefined): Value | undefined {
    let found = value;
    for (let step = 0; step < MAX_REFERENCES; step += 1) {
      const reference = at(found, '$ref');
      if (typeof reference !== 'string') return found;
      if (!reference.startsWith('#/')) return undefined;
      found = reference
        .slice(2)
        .split('/')
        .reduce<Value | undefined>((node, part) => at(node, unescape(part)), this.#root);
    }
    return undefined;
  }
}

/** Maximum length of a chain of references. */
const MAX_REFERENCES = 20;

export interface OperationResponse {
  /** @returns `absent` if the document has no such field, undefined if it does not define the object */
  readonly field: (path: readonly string[]) => FieldFacts | 'absent' | undefined;
}

const TYPES: Readonly<Record<string, JsonType>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  object: 'object',
  array: 'list',
};

function typesOf(schema: Readonly<Record<string, Value>>): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (isList(type)) return type.filter((one) => typeof one === 'string');
  if (schema['properties'] !== undefined) return ['object'];
  return schema['items'] === undefined ? [] : ['array'];
}

const at = (value: Value | undefined, key: string): Value | undefined =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const entriesOf = (value: Value | undefined): readonly [string, Value][] =>
  isObject(value) ? Object.entries(value) : [];

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
const unescape = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

function pathnameOf(url: Value | undefined): string {
  const base = 'http://server.invalid';
  if (typeof url !== 'string' || !URL.canParse(url, base)) return '';
  return new URL(url, base).pathname.replace(/\/$/, '');
}

const keyOf = (method: string, path: string) =>
  `${method.toUpperCase()} ${path.replace(/\{[^{}]*\}/g, '{}').replace(/\/$/, '')}`;
