import { stringify } from 'yaml';
import { toHttp } from '../../../upstream/upstream-client.ts';
import { buildRequest } from '../build-request.ts';
import type { Connector, ConnectorFile } from '../connector-file.ts';
import { parseJson, stringifyJson } from '../mapping/json.ts';
import { evaluate } from '../mapping/mapping.ts';
import type { Value } from '../mapping/values.ts';
import type { ImportedApi } from './import-api.ts';
import type { InputValue } from './inputs.ts';
import { isObject, type JsonObject, objectAt, withoutKeys } from './json.ts';
import type { ApiDocument } from './read-document.ts';
import type { RootField } from './root-fields.ts';
import { SAMPLES } from './selections.ts';

/** Maximum number of tests in a file: there may be a thousand operations. */
const MAX_TESTS = 100;

/** Maximum length of the response of a test in characters. */
const MAX_RESPONSE = 20_000;

/**
 * Writes a test for each operation, in the format of rover's connector tests: its request, and the result for a response. The
 * response is the document's example, if it contains all selected fields.
 * @param schema the file of connectors, as in the tests
 */
export function writeContractTests(
  { fields, samples, batchSamples, proposals, accepted }: ImportedApi,
  document: ApiDocument,
  { connectors }: ConnectorFile,
  schema: string,
): string {
  const taken = proposals.filter((one) => accepted.has(one));
  const keys = new Map(
    taken.flatMap((one) => (one.kind === 'keys' ? [[one.argument, one.key.name] as const] : [])),
  );
  const ofFields = fields.slice(0, MAX_TESTS).flatMap((field) => {
    const name = `${field.root}.${field.name}`;
    const args = argumentsFor(field, (one) => keys.get(one) ?? one.name);
    return testOf({
      name: nameOf(field),
      target: name,
      connector: samples.has(field) ? connectors.find((one) => one.name === name) : undefined,
      variables: { $args: args },
      responses: [...examplesOf(field, document), samples.get(field)],
    });
  });
  const ofBatches = taken.flatMap((one) => {
    if (one.kind !== 'batches') return [];
    const { type, key, field } = one;
    const sample = key.value.kind === 'scalar' ? inputSample(key.value) : undefined;
    return testOf({
      name: `${nameOf(field)}, many at once`,
      target: type.name,
      connector: connectors.find(
        ({ type: found, batchSize }) => found === type.name && batchSize !== undefined,
      ),
      variables: { $batch: [{ [key.name]: sample }] },
      responses: [batchSamples.get(type.name)],
    });
  });
  const tests = [...ofFields, ...ofBatches];
  return stringify({ config: { schema }, tests }, { lineWidth: 0, aliasDuplicateObjects: false });
}

const nameOf = ({ operation: { method, path } }: RootField) => `${method} ${path}`;

interface TestParts {
  readonly name: string;
  /** The connector's name in tests. */
  readonly target: string;
  readonly connector: Connector | undefined;
  readonly variables: JsonObject;
  /** Responses of the API, in order of preference. */
  readonly responses: readonly unknown[];
}

/** @returns one test, or none without a request or without a response that contains all selected fields */
function testOf({ name, target, connector, variables, responses }: TestParts): JsonObject[] {
  const request = connector && requestOf(connector, variables);
  const response = connector && responseOf(connector, variables, responses);
  if (request === undefined || response === undefined) return [];
  return [
    {
      name,
      connector: target,
      variables,
      ...(response.body !== undefined && { apiResponseBody: response.body }),
      expect: { connectorRequest: request, connectorResponse: response.result },
    },
  ];
}

/** Returns only required arguments. */
function argumentsFor(
  { arguments: args, body }: RootField,
  argumentName: (argument: RootField['arguments'][number]) => string,
): JsonObject {
  const required = args.filter(({ isRequired }) => isRequired);
  return {
    ...Object.fromEntries(required.map((one) => [argumentName(one), inputSample(one.value)])),
    ...(body !== undefined && !body.isOptional && { input: inputSample(body.value) }),
    ...(body?.isOptional === true && { input: {} }),
  };
}

function inputSample(value: InputValue): unknown {
  switch (value.kind) {
    case 'list':
      return [inputSample(value.of)];
    case 'input': {
      const required = value.type.fields.filter(({ isRequired }) => isRequired);
      return Object.fromEntries(required.map((one) => [one.name, inputSample(one.value)]));
    }
    case 'enum':
      return value.values[0]?.name;
    case 'scalar':
      return value.isNumber && value.name !== 'Int' ? '42' : SAMPLES[value.name];
  }
}

/** @returns undefined without a request */
function requestOf(connector: Connector, variables: JsonObject): JsonObject | undefined {
  const built = buildRequest(connector, variables, {});
  if (built === null) return undefined;
  const { origin, pathname } = new URL(connector.source.baseUrl);
  const { method, path, headers, body } = toHttp(
    { authorize: () => undefined },
    pathname.replace(/\/$/, ''),
    built,
  );
  const named = withoutKeys(headers, 'accept');
  return {
    method,
    url: `${origin}${path}`,
    ...(Object.keys(named).length > 0 && { headers: named }),
    ...(body !== null && { body }),
  };
}

function responseOf(
  connector: Connector,
  variables: JsonObject,
  responses: readonly unknown[],
): { readonly body: string | undefined; readonly result: string } | undefined {
  for (const example of responses) {
    const text = example === undefined ? undefined : JSON.stringify(example);
    if (text !== undefined && text.length > MAX_RESPONSE) continue;
    const body = text === undefined ? null : parseJson(text);
    if (body === undefined) continue;
    const { value, problems } = evaluate(connector.selection, body, {
      ...variables,
      $status: 200,
      $response: {},
    });
    if (value === undefined || problems.length > 0) continue;
    return { body: text === undefined ? undefined : indented(body), result: indented(value) };
  }
  return undefined;
}

/** Examples of the response, except texts. */
function examplesOf({ response }: RootField, document: ApiDocument): readonly unknown[] {
  if (response === undefined) return [];
  const named = Object.values(objectAt(response, 'examples')).map(
    (one) => document.resolve(one)?.value['value'],
  );
  return [response['example'], ...named].filter((one) => isObject(one) || Array.isArray(one));
}

/** Indents JSON without losing digits. */
const indented = (value: Value): string => {
  const text = stringifyJson(value);
  return /\d{16}/.test(text) ? text : JSON.stringify(value, null, 2);
};
