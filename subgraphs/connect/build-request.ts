import { BadUserInput } from '../../errors/coded-error.ts';
import type { ClientHeaders } from '../../request/request-scope.ts';
import type { AnyRequest, QueryValue } from '../../upstream/upstream-request.ts';
import type { CommonRequest, Connector, RequestTemplate } from './connector-file.ts';
import { stringifyJson } from './mapping/json.ts';
import { evaluate, type Mapping, usesOf, type VariableUse } from './mapping/mapping.ts';
import type { Apply } from './mapping-problems.ts';
import { isList, isObject, type Maybe, type Value } from './mapping/values.ts';
import { valueOf } from './objects.ts';
import { IN_HEADERS } from './read-arguments.ts';
import type { Template } from './url-template.ts';

/** Values of variables by their names: `$args`. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * Builds the request of a connector.
 * @param apply evaluates its mappings @default their problems are not reported
 * @returns null if a required value is null: a part of the path, or a field of the parent
 * @throws BadUserInput for a value that a URL or a header cannot contain
 */
export function buildRequest(
  { request, source, name, isMutation }: Connector,
  variables: Variables,
  clientHeaders: ClientHeaders,
  apply: Apply = (mapping, input, values) => evaluate(mapping, input, values).value,
): AnyRequest | null {
  const builder = new RequestBuilder(name, variables, clientHeaders, apply);
  const path = builder.path(source.request, request);
  const query = builder.query(source.request, request);
  const headers = builder.headers(source.request, request);
  const body = builder.body(request);
  if (builder.lacksValue) return null;
  return {
    method: request.method,
    semantics: isMutation ? 'unsafe' : 'safe',
    ...path,
    query,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...body,
  };
}

class RequestBuilder {
  /** Whether a required value is null, so that there is no request. */
  lacksValue = false;
  readonly #name: string;
  readonly #variables: Variables;
  readonly #clientHeaders: ClientHeaders;
  readonly #apply: Apply;

  constructor(name: string, variables: Variables, clientHeaders: ClientHeaders, apply: Apply) {
    this.#name = name;
    this.#variables = variables;
    this.#clientHeaders = clientHeaders;
    this.#apply = apply;
  }

  path(
    ofSource: CommonRequest,
    { url, path }: RequestTemplate,
  ): Pick<AnyRequest, 'path'> & {
    readonly params?: Readonly<Record<string, string>>;
  } {
    const params: Record<string, string> = {};
    for (const [name, { mapping }] of url.params) params[name] = this.#segment(mapping);
    const written = [this.#segments(ofSource.path, 'base', params), url.path];
    written.push(this.#segments(path, 'segment', params));
    return { path: written.join(''), ...(Object.keys(params).length > 0 && { params }) };
  }

  query(ofSource: CommonRequest, request: RequestTemplate): Readonly<Record<string, QueryValue>> {
    const query: Record<string, QueryValue> = {};
    this.#addParameters(query, ofSource.queryParams);
    for (const { name, value } of request.url.query) {
      const text = this.#text(value);
      if (text !== undefined) query[name] = text;
    }
    this.#addParameters(query, request.queryParams);
    return query;
  }

  headers(ofSource: CommonRequest, request: RequestTemplate): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    for (const header of [...ofSource.headers, ...request.headers]) {
      const text = 'from' in header ? this.#clientHeader(header.from) : this.#text(header.value);
      if (text === undefined) continue;
      if (!IN_HEADERS.test(text))
        throw new BadUserInput(
          `The header ${header.name} of ${this.#name} must be printable ASCII text.`,
        );
      headers[header.name] = text;
    }
    return headers;
  }

  body({ body, bodyType }: RequestTemplate): Pick<AnyRequest, 'jsonText' | 'form'> {
    if (body === undefined) return {};
    const value = this.#value(body);
    if (bodyType === 'json') return { jsonText: stringifyJson(value ?? null) };
    const form: Record<string, QueryValue> = {};
    this.#addEntries(form, withBrackets(value), formTextOf);
    return { form };
  }

  #clientHeader(name: string): string | undefined {
    const value = Object.hasOwn(this.#clientHeaders, name) ? this.#clientHeaders[name] : undefined;
    return typeof value === 'string' ? value : value?.join(', ');
  }

  #segment(mapping: Mapping): string {
    const value = this.#value(mapping);
    if (value == null || value === '') {
      this.lacksValue = true;
      return '';
    }
    return this.#pathText(value);
  }

  /** Refuses dot segments: they would address another resource. */
  #pathText(value: unknown): string {
    const text = textOf(value, this.#name);
    if (text === '.' || text === '..')
      throw new BadUserInput(`A value in the path of ${this.#name} must not be "${text}".`);
    return text;
  }

  /** Adds segments to a path. @returns them as names in braces */
  #segments(mapping: Mapping | undefined, name: string, params: Record<string, string>): string {
    if (mapping === undefined) return '';
    const value = this.#value(mapping);
    const segments: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (segments.length > MAX_SEGMENTS)
      throw new BadUserInput(
        `The path of ${this.#name} must have at most ${String(MAX_SEGMENTS)} segments of http.path, but has ${String(segments.length)}.`,
      );
    return segments
      .map((segment, index) => {
        const param = `${name}${String(index + 1)}`;
        if (segment == null || segment === '') this.lacksValue = true;
        else params[param] = this.#pathText(segment);
        return `/{${param}}`;
      })
      .join('');
  }

  #addParameters(query: Record<string, QueryValue>, mapping: Mapping | undefined): void {
    if (mapping !== undefined) this.#addEntries(query, this.#value(mapping), textOf);
  }

  #addEntries(query: Record<string, QueryValue>, value: unknown, toText: typeof textOf): void {
    if (value == null) return;
    if (typeof value !== 'object' || Array.isArray(value))
      throw new BadUserInput(`The parameters of ${this.#name} must be an object.`);
    for (const [name, entry] of Object.entries(value)) {
      if (entry == null) continue;
      query[name] = Array.isArray(entry)
        ? entry.filter((item) => item != null).map((item) => toText(item, this.#name))
        : toText(entry, this.#name);
    }
  }

  /** @returns undefined if an expression has no value */
  #text(template: Template): string | undefined {
    let text = '';
    for (const part of template) {
      if (typeof part === 'string') {
        text += part;
        continue;
      }
      const value = this.#value(part.mapping);
      if (value == null) return undefined;
      text += textOf(value, this.#name);
    }
    return text;
  }

  #value(mapping: Mapping): Maybe {
    if (!this.#lacks(mapping)) return this.#apply(mapping, NO_INPUT, this.#variables);
    this.lacksValue = true;
    return undefined;
  }

  /**
   * Whether a field of the parent, or a claim of the caller, that the mapping requires is null; an operator such as `??` makes it optional.
   */
  #lacks(mapping: Mapping): boolean {
    return requiredPaths(mapping).some(({ variable, path }) => {
      let value: unknown = this.#variables[variable];
      for (const name of path) {
        if (Array.isArray(value)) return false;
        value = valueOf(value, name);
      }
      return value == null;
    });
  }
}

/** A request has no input except variables: a body whose values are all omitted is an empty object. */
const NO_INPUT = {};
/** Each number of segments is a separate path in metrics. */
const MAX_SEGMENTS = 20;

/** The paths of `$this` and `$context` that a request requires, cached for each mapping. */
function requiredPaths(mapping: Mapping): readonly RequiredPath[] {
  const known = REQUIRED.get(mapping);
  if (known !== undefined) return known;
  const found = usesOf(mapping).flatMap(({ variable, path, optional }) =>
    (variable === '$this' || variable === '$context') && !optional ? [{ variable, path }] : [],
  );
  REQUIRED.set(mapping, found);
  return found;
}

type RequiredPath = Pick<VariableUse, 'variable' | 'path'>;

const REQUIRED = new WeakMap<Mapping, readonly RequiredPath[]>();

/**
 * Names nested form values in the usual format: `item[size][width]`. A list of values repeats its name, one of objects has
 * indexes: `items[0][id]`.
 */
function withBrackets(value: Maybe): Maybe {
  if (!isObject(value)) return value;
  const entries: [string, Value][] = [];
  const add = (name: string, item: Value) => {
    if (isObject(item))
      for (const [key, below] of Object.entries(item)) add(`${name}[${key}]`, below);
    else if (isList(item) && item.some((one) => typeof one === 'object' && one !== null))
      for (const [index, below] of item.entries()) add(`${name}[${String(index)}]`, below);
    else entries.push([name, item]);
  };
  for (const [name, item] of Object.entries(value)) add(name, item);
  return Object.fromEntries(entries);
}

/** Maximum length of one value in a URL or a header: servers accept 8 to 16 kB of both together. */
const MAX_TEXT = 16_000;

/** The text of a value in a path, a query or a header. @throws BadUserInput */
function textOf(value: unknown, name: string): string {
  const text = formTextOf(value, name);
  if (text.length > MAX_TEXT)
    throw new BadUserInput(
      `A value in the URL or a header of ${name} must have at most ${String(MAX_TEXT)} characters.`,
    );
  return text;
}

/** Fields of objects have been validated, so any other value comes from an argument. */
function formTextOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  throw new BadUserInput(
    `A value in the URL, a header or the form of ${name} must be text, a number or a boolean.`,
  );
}
