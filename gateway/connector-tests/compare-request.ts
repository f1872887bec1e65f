import type { ConnectorRequest } from '../../subgraphs/connect/try-connector.ts';
import { parseJson } from '../../subgraphs/connect/mapping/json.ts';
import type { Place } from '../composition/yaml-file.ts';
import { differences } from './json-differences.ts';
import type { ExpectedRequest, Texts } from './read-suite.ts';

/** A failed expectation of a test. */
export interface Failure {
  readonly place: Place;
  readonly message: string;
}

/** Compares a request with the expected one. */
export function compareRequest(expected: ExpectedRequest, actual: ConnectorRequest): Failure[] {
  const { place } = expected;
  const at = (key: string, messages: readonly string[]): Failure[] =>
    messages.map((message) => ({ place: [...place, key], message }));
  const method =
    expected.method === actual.method
      ? []
      : [`expected the method ${expected.method}, but got ${actual.method}`];
  return [
    ...at('method', method),
    ...(expected.url === undefined
      ? compareParts(expected, new URL(actual.url), at)
      : at('url', compareUrls(expected.url, actual.url))),
    ...at('headers', compareHeaders('request', expected.headers, actual.headers)),
    ...at('body', expected.body === undefined ? [] : compareBodies(expected.body, actual)),
  ];
}

function compareUrls(expected: string, actual: string): readonly string[] {
  if (!URL.canParse(expected)) return [`expected "${expected}", which is no URL`];
  const [first, second] = [new URL(expected), new URL(actual)];
  const same =
    first.origin === second.origin &&
    pathOf(first.pathname) === pathOf(second.pathname) &&
    compareQueries(first.searchParams, second.searchParams).length === 0;
  if (same) return [];
  const query =
    first.origin === second.origin && pathOf(first.pathname) === pathOf(second.pathname)
      ? compareQueries(first.searchParams, second.searchParams)
      : [];
  return [`expected the URL ${expected}, but got ${actual}`, ...query];
}

function compareParts(
  { scheme, origin, path, queryParams }: ExpectedRequest,
  actual: URL,
  at: (key: string, messages: readonly string[]) => Failure[],
): Failure[] {
  const differs = (what: string, expected: string | undefined, got: string) =>
    expected === undefined || expected === got
      ? []
      : [`expected the ${what} ${expected}, but got ${got}`];
  const params = queryParams ?? (path === undefined ? undefined : {});
  return [
    ...at('scheme', differs('scheme', scheme, actual.protocol.slice(0, -1))),
    ...at('origin', differs('host', origin?.replace(/^https?:\/\//, ''), actual.host)),
    ...at('path', differs('path', path && pathOf(path), pathOf(actual.pathname))),
    ...at(
      'queryParams',
      params === undefined ? [] : compareQueries(toSearch(params), actual.searchParams),
    ),
  ];
}

/** Ignores the order of names, but not of values of one name. */
function compareQueries(expected: URLSearchParams, actual: URLSearchParams): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names].flatMap((name) => {
    const [first, second] = [expected.getAll(name), actual.getAll(name)].map((all) =>
      all.map((one) => JSON.stringify(one)).join(', '),
    );
    if (first === second) return [];
    return [`query parameter ${name}: expected ${first || 'none'}, but got ${second || 'none'}`];
  });
}

function toSearch(params: Texts): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const one of [value].flat()) search.append(name, one);
  return search;
}

/** Normalizes the percent-encoding of a path. */
const pathOf = (path: string) =>
  path
    .split('/')
    .map((segment) => encodeURIComponent(decoded(segment)))
    .join('/');

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Ignores headers that are not expected. */
export function compareHeaders(
  what: 'request' | 'response',
  expected: Texts,
  actual: Readonly<Record<string, string | string[] | undefined>>,
): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const [wanted, got] = [value, actual[name]].map((one) => one && [one].flat().join(', '));
    // JSON is UTF-8, with or without a charset.
    const isSame = name === 'content-type' ? mediaType(wanted) === mediaType(got) : wanted === got;
    if (isSame) return [];
    return [
      `the ${what} header ${name}: expected "${String(wanted)}", but ${got === undefined ? 'it is missing' : `got "${got}"`}`,
    ];
  });
}

const mediaType = (value: string | undefined) =>
  value
    ?.toLowerCase()
    .replace(/;\s*charset="?utf-8"?\s*$/, '')
    .trim();

function compareBodies(expected: string, { body, headers }: ConnectorRequest): readonly string[] {
  if (body === null) return ['expected a body, but the request has none'];
  if (headers['content-type'] === 'application/x-www-form-urlencoded') {
    const found = compareQueries(new URLSearchParams(expected.trim()), new URLSearchParams(body));
    return found.map((message) => message.replace('query parameter', 'form field'));
  }
  const wanted = parseJson(expected);
  const got = parseJson(body);
  if (wanted === undefined) return ['expected a body that is no JSON'];
  return got === undefined ? ['got a body that is no JSON'] : differences(wanted, got);
}
