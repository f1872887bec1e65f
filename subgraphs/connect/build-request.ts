import { BadUserInput } from '../../errors/coded-error.ts';
import type { ClientHeaders } from '../../request/request-scope.ts';
import type { AnyRequest, QueryValue } from '../../upstream/upstream-request.ts';
import type { CommonRequest, Connector, RequestTemplate } from './connector-file.ts';
import { stringifyJson } from './mapping/json.ts';
import { evaluate, type Mapping, usesOf } from './mapping/mapping.ts';
import type { Apply } from './mapping-problems.ts';
import type { Maybe } from './mapping/values.ts';
import { valueOf } from './objects.ts';
import { IN_HEADERS } from './read-arguments.ts';
import type { Template } from './url-template.ts';

/** Values of variables by their names: `$args`. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * Builds the request of a connector.
 * @param apply evaluates its mappings @default their problems are not reported
 * @returns null where it needs something that is null: a part of the path, or a field of the parent
 * @throws BadUserInput for a value that has no place in a URL or a header
 */
export function buildRequest(
  { request, source, name, isMutation }: Connector,
  variables: Variables,
  clientHeaders: ClientHeaders,
  apply: Apply = (mapping, input, given) => evaluate(mapping, input, given).value,
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
  /** Whether something is null without which there is no request. */
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
    this.#addEntries(form, value);
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

  /** A segment of these would lead to another resource than the path means. */
  #pathText(value: unknown): string {
    const text = textOf(value, this.#name);
    if (text === '.' || text === '..')
      throw new BadUserInput(`A value in the path of ${this.#name} must not be "${text}".`);
    return text;
  }

  /** Puts segments behind a path. @returns them as names in braces */
  #segments(mapping: Mapping | undefined, name: string, params: Record<string, string>): string {
    if (mapping === undefined) return '';
    const value = this.#value(mapping);
    const segments: readonly unknown[] = Array.isArray(value) ? value : [value];
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
    if (mapping !== undefined) this.#addEntries(query, this.#value(mapping));
  }

  #addEntries(query: Record<string, QueryValue>, value: unknown): void {
    if (value == null) return;
    if (typeof value !== 'object' || Array.isArray(value))
      throw new TypeError(`${this.#name} must give an object of parameters.`);
    for (const [name, entry] of Object.entries(value)) {
      if (entry == null) continue;
      query[name] = Array.isArray(entry)
        ? entry.filter((item) => item != null).map((item) => textOf(item, this.#name))
        : textOf(entry, this.#name);
    }
  }

  /** @returns undefined where an expression has no value */
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
    if (!this.#lacks(mapping)) return this.#apply(mapping, null, this.#variables);
    this.lacksValue = true;
    return undefined;
  }

  /** Whether a field of the parent is null that the mapping needs: one with an operator such as `??` does without. */
  #lacks(mapping: Mapping): boolean {
    return requiredPaths(mapping).some((path) => {
      let value: unknown = this.#variables['$this'];
      for (const name of path) {
        if (Array.isArray(value)) return false;
        value = valueOf(value, name);
      }
      return value == null;
    });
  }
}

/** The paths of `$this` without which there is no request, as texts differ little: once for each mapping. */
function requiredPaths(mapping: Mapping): readonly (readonly string[])[] {
  const known = REQUIRED.get(mapping);
  if (known !== undefined) return known;
  const found = usesOf(mapping).flatMap(({ variable, path, optional }) =>
    variable === '$this' && !optional ? [path] : [],
  );
  REQUIRED.set(mapping, found);
  return found;
}

const REQUIRED = new WeakMap<Mapping, readonly (readonly string[])[]>();

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  throw new TypeError(`${name} must put text, numbers and booleans into its URL and headers.`);
}
