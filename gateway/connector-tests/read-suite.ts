import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readTextFile } from '../../settings/text-file.ts';
import { describeIssue, MAX_CHARACTERS, type Place, YamlFile } from '../composition/yaml-file.ts';
import {
  type CommonData,
  type ExpectedMessage,
  type RequestData,
  type SuiteData,
  suiteSchema,
  type TestData,
} from './suite-schema.ts';

/** A file of connector tests. */
export interface TestSuite {
  readonly path: string;
  readonly name: string;
  /** The path of the SDL; undefined if the file names none. */
  readonly schema: string | undefined;
  readonly tests: readonly ConnectorTest[];
  /** The line of a place in the file. */
  readonly lineOf: (place: Place) => number;
}

export interface ConnectorTest {
  readonly name: string;
  /** The id or the position of a connector: `Query.order`, `Order`, `Order[0]`. */
  readonly target: string;
  readonly skip: boolean;
  /** By name: `$args`. Other variables are missing. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Headers of the client's request. */
  readonly clientHeaders: Readonly<Record<string, string | string[]>>;
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[]>>;
    readonly body: string;
    /** Whether the test has a body. */
    readonly hasBody: boolean;
  };
  readonly expected: Expectations;
  /** The position in the test file. */
  readonly place: Place;
}

export interface Expectations {
  readonly request: ExpectedRequest | undefined;
  /** JSON. */
  readonly value: { readonly text: string; readonly place: Place } | undefined;
  readonly responseHeaders: Texts;
  readonly problems: readonly ExpectedMessage[];
  readonly errors: readonly ExpectedMessage[];
}

export type Texts = Readonly<Record<string, string | string[]>>;

export interface ExpectedRequest {
  readonly method: string;
  readonly url?: string | undefined;
  readonly scheme?: string | undefined;
  /** Host and port. */
  readonly origin?: string | undefined;
  readonly path?: string | undefined;
  readonly queryParams?: Texts | null | undefined;
  readonly headers: Texts;
  readonly body?: string | undefined;
  readonly place: Place;
}

export type ReadSuite =
  | { readonly suite: TestSuite; readonly problems?: never }
  | { readonly suite?: never; readonly problems: readonly string[] };

/** Reads a test file and the files that it names. */
export function readTestSuite(path: string): ReadSuite {
  const text = readTextFile(path);
  if (text === undefined) return { problems: [`${path} cannot be read.`] };
  if (text.length > MAX_CHARACTERS)
    return { problems: [`${path} must have at most ${String(MAX_CHARACTERS)} characters.`] };
  const file = new YamlFile(path, text);
  if (file.problems.length > 0) return { problems: file.problems };
  const read = suiteSchema.safeParse(file.value(), { error: describeIssue });
  for (const issue of read.error?.issues ?? []) file.addIssue(issue);
  if (!read.success) return { problems: file.problems };
  const { config, tests } = read.data;
  const reader = new SuiteReader(file, config?.common ?? {});
  const all = tests.map((test, index) => reader.test(test, index));
  const schema = reader.schema(config);
  if (file.problems.length > 0) return { problems: file.problems };
  const name = config?.name ?? path;
  return { suite: { path, name, schema, tests: all, lineOf: (place) => file.lineOf(place) } };
}

/** For a file that a test file names. */
const MAX_FILE_CHARACTERS = 10_000_000;

class SuiteReader {
  readonly #file: YamlFile;
  readonly #common: CommonData;

  constructor(file: YamlFile, common: CommonData) {
    this.#file = file;
    this.#common = common;
  }

  schema(config: SuiteData['config']): string | undefined {
    if (config?.schema === undefined) return undefined;
    const path = this.#resolve(config.schema);
    if (!existsSync(path))
      this.#file.add(
        ['config', 'schema'],
        `must name a file that can be read, but is "${config.schema}"`,
      );
    return path;
  }

  test(test: TestData, index: number): ConnectorTest {
    const place: Place = ['tests', index];
    const common = this.#common;
    const target = test.connector ?? test.target ?? common.connector ?? common.target;
    if (target === undefined)
      this.#file.add(place, 'must name its connector: Query.order, or the id of its @connect');
    const { $requestHeaders, ...variables } = merged(common.variables, test.variables);
    return {
      name: test.name,
      target: target ?? '',
      skip: test.skip ?? false,
      variables,
      clientHeaders: lowerCase($requestHeaders as Texts | undefined),
      response: this.#response(test, place),
      expected: this.#expected(test, place),
      place,
    };
  }

  #response(test: TestData, place: Place): ConnectorTest['response'] {
    const common = this.#common;
    const own = this.#textOf(test, 'apiResponseBody', place);
    const body = own ?? this.#textOf(common, 'apiResponseBody', COMMON);
    return {
      status: test.status ?? common.status ?? 200,
      headers: lowerCase({ ...common.apiResponseHeaders, ...test.apiResponseHeaders }),
      body: body ?? 'null',
      hasBody: body !== undefined,
    };
  }

  #expected({ expect }: TestData, test: Place): Expectations {
    const place = [...test, 'expect'];
    const own = this.#textOf(expect ?? {}, 'connectorResponse', place);
    const value = own ?? this.#textOf(this.#common, 'expectedResponse', COMMON);
    const valuePlace =
      own === undefined
        ? [...COMMON, 'expectedResponse']
        : [...place, `connectorResponse${expect?.connectorResponse === undefined ? 'File' : ''}`];
    return {
      request: this.#request(expect, place),
      value: value === undefined ? undefined : { text: value, place: valuePlace },
      responseHeaders: lowerCase(expect?.connectorResponseHeaders),
      problems: expect?.problems ?? [],
      errors: [...(expect?.errors ?? []), ...(expect?.error === undefined ? [] : [expect.error])],
    };
  }

  #request(expect: TestData['expect'], place: Place): ExpectedRequest | undefined {
    const ofCommon = requestOfCommon(this.#common);
    if (expect?.connectorRequestHttp !== undefined)
      return this.#httpFile([...place, 'connectorRequestHttp'], expect.connectorRequestHttp);
    const own = expect?.connectorRequest;
    if (own === undefined && ofCommon === undefined) return undefined;
    const at = [...place, 'connectorRequest'];
    const request: RequestData = { ...ofCommon, ...own };
    const isWhole = own?.url !== undefined;
    return {
      // Rover's default, which its tests rely on.
      method: request.method ?? 'GET',
      url: request.url,
      ...(!isWhole && {
        scheme: request.scheme,
        origin: request.origin,
        path: request.path,
        queryParams: request.queryParams,
      }),
      headers: lowerCase({ ...ofCommon?.headers, ...own?.headers }),
      body: this.#textOf(request, 'body', at),
      place: own === undefined ? COMMON : at,
    };
  }

  /** Reads rover's format of recorded requests: first line, headers, an empty line, the body. */
  #httpFile(place: Place, named: string): ExpectedRequest | undefined {
    const text = this.#readFile(place, named);
    if (text === undefined) return undefined;
    const [head = '', ...body] = text.split(/\r?\n\r?\n/);
    const [first = '', ...lines] = head.trim().split(/\r?\n/);
    const [, method, url] = /^([A-Z]+)\s+(\S+)/.exec(first) ?? [];
    if (method === undefined || url === undefined) {
      this.#file.add(place, 'must name a file that begins with a line such as GET https://...');
      return undefined;
    }
    const headers = lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon <= 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
    });
    return {
      method,
      url,
      headers: lowerCase(Object.fromEntries(headers) as Texts),
      body: body.length === 0 ? undefined : body.join('\n\n').trim(),
      place,
    };
  }

  /** The text of a key, or of the file that the key with the suffix `File` names. */
  #textOf<Key extends string>(
    keys: Readonly<Partial<Record<Key | `${Key}File`, string | undefined>>>,
    key: Key,
    place: Place,
  ): string | undefined {
    const named = keys[`${key}File`];
    const text = keys[key];
    if (named === undefined) return text;
    const at = [...place, `${key}File`];
    if (text !== undefined) this.#file.add(at, `must not be there beside ${key}`);
    return this.#readFile(at, named);
  }

  #readFile(place: Place, named: string): string | undefined {
    const text = readTextFile(this.#resolve(named));
    if (text === undefined)
      this.#file.add(place, `must name a file that can be read, but is "${named}"`);
    else if (text.length > MAX_FILE_CHARACTERS)
      this.#file.add(
        place,
        `must name a file of at most ${String(MAX_FILE_CHARACTERS)} characters`,
      );
    else return text;
    return undefined;
  }

  /** Resolves a path relative to the test file, or else, like rover, to the working directory. */
  #resolve(named: string): string {
    const beside = this.#file.resolve(named);
    return existsSync(beside) ? beside : resolve(named);
  }
}

const COMMON: Place = ['config', 'common'];

function requestOfCommon(common: CommonData): RequestData | undefined {
  const request: RequestData = {
    method: common.expectedRequestMethod,
    url: common.expectedRequestUrl,
    scheme: common.expectedRequestScheme,
    origin: common.expectedRequestOrigin,
    path: common.expectedRequestPath,
    queryParams: common.expectedRequestQueryParams,
    headers: common.expectedRequestHeaders,
  };
  return Object.values(request).some((value) => value != null) ? request : undefined;
}

/** Merges variables: those of a test override the common ones, unless empty. */
function merged(
  common: TestData['variables'],
  own: TestData['variables'],
): Readonly<Record<string, unknown>> {
  const variables: Record<string, unknown> = {};
  for (const values of [common, own])
    for (const [name, value] of Object.entries(values ?? {}))
      if (value != null && Object.keys(value).length > 0) variables[name] = value;
  return variables;
}

const lowerCase = (headers: Texts | null | undefined): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
