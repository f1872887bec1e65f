import { CodedError } from '../../errors/coded-error.ts';
import type { Connector, ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import { parseJson } from '../../subgraphs/connect/mapping/json.ts';
import type { Problem } from '../../subgraphs/connect/mapping/mapping.ts';
import { requestOf, responseOf, type Trial } from '../../subgraphs/connect/try-connector.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { Value } from '../../subgraphs/connect/mapping/values.ts';
import { compareHeaders, compareRequest, type Failure } from './compare-request.ts';
import { differences } from './json-differences.ts';
import type { ConnectorTest } from './read-suite.ts';
import type { ExpectedMessage } from './suite-schema.ts';

export interface TestResult {
  readonly test: ConnectorTest;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly failures: readonly Failure[];
}

/**
 * Finds the connector of a test by the `id` of its `@connect`, or by its position, with or without an index.
 * https://www.apollographql.com/docs/graphos/connectors/tooling/cli-tools#connector-ids
 */
export function findConnector(file: ConnectorFile, target: string): Connector | undefined {
  const [, place = target, index = '0'] = /^([^[\]]*)\[(\d{1,3})\]$/.exec(target) ?? [];
  return (
    file.connectors.find(({ id }) => id === target) ??
    file.connectors.filter(({ type, field }) => place === (field ? `${type}.${field}` : type))[
      Number(index)
    ]
  );
}

/** Runs a test without network: builds the request, and applies the mapping to the test's response. */
export function runTest(test: ConnectorTest, file: ConnectorFile): TestResult {
  if (test.skip) return { test, result: 'skipped', failures: [] };
  const connector = findConnector(file, test.target);
  if (connector === undefined) {
    const known = file.connectors.map(placeOf).join(', ');
    const message = `names the connector ${test.target}, but the connectors of ${file.path} are ${known}`;
    return { test, result: 'failed', failures: [{ place: test.place, message }] };
  }
  const failures = failuresOf(test, file, connector, test.variables);
  // Rover's variables are text: https://www.apollographql.com/docs/graphos/connectors/testing#current-limitations
  const passes =
    failures.length === 0 ||
    failuresOf(test, file, connector, withTexts(test.variables)).length === 0;
  return { test, result: passes ? 'passed' : 'failed', failures: passes ? [] : failures };
}

export const placeOf = ({ type, field }: Connector): string =>
  field === undefined ? type : `${type}.${field}`;

function failuresOf(
  test: ConnectorTest,
  file: ConnectorFile,
  connector: Connector,
  variables: Readonly<Record<string, unknown>>,
): Failure[] {
  const trial: Trial = {
    connector,
    service: { name: file.name, title: `API ${file.name}` },
    // Defaults for root fields and fields without arguments.
    variables: { $args: {}, $this: {}, ...variables },
    clientHeaders: test.clientHeaders,
  };
  const { request, error } = requestOf(trial);
  const { expected } = test;
  if (error !== undefined) return compareErrors(expected.errors, error, test);
  const failures: Failure[] = [];
  if (expected.request !== undefined) {
    if (request === undefined)
      failures.push({
        place: expected.request.place,
        message: 'no request is made, as something that it needs is null',
      });
    else failures.push(...compareRequest(expected.request, request));
  }
  if (request === undefined) return [...failures, ...compareValue(test, null)];
  return [...failures, ...compareResponse(test, trial)];
}

function compareResponse(test: ConnectorTest, trial: Trial): Failure[] {
  const { status, headers, body } = test.response;
  const read = responseOf(trial, { status, headers, body: Buffer.from(body) });
  const { expected, place } = test;
  const isUnknownEntity = trial.connector.entity !== undefined && status === 404;
  const at = (key: string) => (message: string) => ({ place: [...place, 'expect', key], message });
  return [
    ...compareHeaders('response', expected.responseHeaders, headers).map(
      at('connectorResponseHeaders'),
    ),
    ...(isUnknownEntity && expected.errors.length === 0
      ? []
      : compareErrors(expected.errors, read.error, test)),
    // The value of a failed request is not compared.
    ...(read.error !== undefined && !isUnknownEntity ? [] : compareValue(test, read.value)),
    ...compareProblems(expected.problems, read.problems).map(at('problems')),
  ];
}

function compareValue({ expected }: ConnectorTest, actual: unknown): Failure[] {
  if (expected.value === undefined) return [];
  const { text, place } = expected.value;
  const wanted = parseJson(text);
  if (wanted === undefined) return [{ place, message: 'must be JSON' }];
  // The cast is safe: the value was evaluated from JSON.
  return differences(wanted, actual as Value).map((message) => ({ place, message }));
}

function compareErrors(
  expected: readonly ExpectedMessage[],
  error: Error | undefined,
  { place, response }: ConnectorTest,
): Failure[] {
  const at = [...place, 'expect', 'errors'];
  const missing = expected
    .filter((one) => error === undefined || !matches(one, textsOf(error)))
    .map(({ message, contains_message: part }) => ({
      place: at,
      message: `expected an error with the message "${message ?? `...${part ?? ''}...`}", but got ${error === undefined ? 'none' : `"${error.message}"`}`,
    }));
  if (error === undefined || expected.length > 0) return missing;
  const code = error instanceof CodedError ? ` (${error.code})` : '';
  const why =
    error instanceof UpstreamError
      ? ` for the response with status ${String(response.status)}:`
      : '';
  return [{ place: at, message: `expected no error, but got${why} "${error.message}"${code}` }];
}

/** Apollo Router's message is "Request failed" without an `errors.message`; ours depends on the code. */
const textsOf = (error: Error): readonly string[] => [error.message, 'Request failed'];

function compareProblems(
  expected: readonly ExpectedMessage[],
  actual: readonly Problem[],
): string[] {
  const left = new Set(actual);
  const missing = expected.flatMap((one) => {
    const found = [...left].find(
      (problem) =>
        matches(one, [problem.message, apolloMessage(problem.message)]) &&
        (one.path === undefined || namesOf(one.path) === namesOf(problem.path.join('.'))),
    );
    if (found !== undefined) {
      left.delete(found);
      return [];
    }
    const text = one.message ?? `...${one.contains_message ?? ''}...`;
    return [`expected the problem "${text}"${one.path ? ` at ${one.path}` : ''}, but got none`];
  });
  const unexpected = [...left].map(
    ({ message, path, line, column, count }) =>
      `expected no such problem: ${message} (at ${path.join('.') || 'the response'}, ${String(count)} times, line ${String(line)}, column ${String(column)} of the mapping)`,
  );
  return [...missing, ...unexpected];
}

/** `message` has priority over `contains_message`. */
const matches = (
  { message, contains_message: part = '' }: ExpectedMessage,
  texts: readonly string[],
): boolean =>
  texts.some((text) => (message === undefined ? text.includes(part) : text === message.trim()));

/** The message of Apollo Router. */
const apolloMessage = (message: string) =>
  message.replace(/^Property "([^"]*)" not found in (\w+)$/, 'Property .$1 not found in $2');

/** A path without list indices. */
const namesOf = (path: string) =>
  path
    .split(/[.[\]]+/)
    .filter((part) => part !== '' && !/^(?:\d+|[$@])$/.test(part))
    .join('.');

/** Converts numbers and booleans to text. */
function withTexts(variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const asText = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(asText);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asText(one)]));
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, asText(value)]),
  );
}
