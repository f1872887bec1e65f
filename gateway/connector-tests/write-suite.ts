import { stringify } from 'yaml';
import type { Connector } from '../../subgraphs/connect/connector-file.ts';
import { parseJson, stringifyJson } from '../../subgraphs/connect/mapping/json.ts';
import { usesOf } from '../../subgraphs/connect/mapping/mapping.ts';
import {
  isList,
  isObject,
  setProperty,
  type Value,
} from '../../subgraphs/connect/mapping/values.ts';
import { requestOf, responseOf, type Trial } from '../../subgraphs/connect/try-connector.ts';
import { responseMappings } from '../../subgraphs/connect/used-variables.ts';
import { jsonText } from '../../upstream/json-body.ts';
import type { VendorResponse } from '../../upstream/vendor-response.ts';
import type { Recording } from './record-exchange.ts';
import type { Redactor } from './redact.ts';

/** Maximum number of recorded list items: further ones add no information. */
const MAX_ITEMS = 5;
/** Maximum length of a recorded text. */
const MAX_TEXT = 10_000;
/** Maximum length of a recorded body. */
const MAX_CHARACTERS = 200_000;

/** Headers about the response that contain no personal data. */
const RECORDED_HEADERS =
  /^(?:content-type|link|retry-after|x-(?:total|total-count|total-pages|page|per-page|next-page))$/;

/**
 * Creates a test from a recorded exchange, without credentials and personal data. It expects the connector's result for the redacted
 * exchange, so it passes.
 * @param portable the connector from its SDL, without the policy
 */
export function testOf(
  { name, target, variables, clientHeaders }: Recording,
  response: VendorResponse,
  portable: Connector,
  redactor: Redactor,
): { readonly test: object; readonly problem?: never } | { readonly problem: string } {
  const body = response.bytes.length === 0 ? null : parseJson(jsonText(response.bytes));
  if (body === undefined)
    return { problem: `${name}: The response with status ${String(response.status)} is no JSON.` };
  const short = shortened(body);
  const { length } = pretty(short);
  if (length > MAX_CHARACTERS)
    return {
      problem: `${name}: The response has ${String(length)} characters, more than ${String(MAX_CHARACTERS)}: ask for less.`,
    };
  // The cast is safe: variables come from YAML or JSON.
  const safe = redactor.value(variables as Value, ['variables']) as Record<string, unknown>;
  const text = pretty(redactor.value(short, []));
  const requestHeaders = textsOf(clientHeaders, () => true, redactor);
  const read = headersRead(portable);
  const headers = textsOf(
    response.headers,
    (header) => RECORDED_HEADERS.test(header) || read.has(header),
    redactor,
  );
  const trial: Trial = {
    connector: portable,
    service: { name: 'connectors', title: 'API connectors' },
    variables: { $args: {}, $this: {}, ...safe },
    clientHeaders: requestHeaders,
  };
  return {
    test: {
      name,
      connector: target,
      ...variablesOf(safe, requestHeaders),
      ...(response.status !== 200 && { status: response.status }),
      apiResponseHeaders: headers,
      apiResponseBody: text,
      expect: expectationsOf(trial, response.status, headers, text),
    },
  };
}

function variablesOf(variables: Readonly<Record<string, unknown>>, headers: object) {
  const all = {
    ...variables,
    ...(Object.keys(headers).length > 0 && { $requestHeaders: headers }),
  };
  return Object.keys(all).length > 0 ? { variables: all } : {};
}

function expectationsOf(
  trial: Trial,
  status: number,
  headers: Record<string, string>,
  body: string,
): object {
  const { request } = requestOf(trial);
  const read = responseOf(trial, { status, headers, body: Buffer.from(body) });
  const isUnknownEntity = trial.connector.entity !== undefined && status === 404;
  const isError = read.error !== undefined && !isUnknownEntity;
  return {
    ...(request !== undefined && {
      connectorRequest: {
        method: request.method,
        url: request.url,
        ...(request.body !== null && { body: request.body }),
      },
    }),
    ...(isError
      ? { errors: [{ message: messageOf(read.error, trial) }] }
      : // The cast is safe: the value was evaluated from JSON.
        { connectorResponse: pretty(read.value as Value) }),
    ...(read.problems.length > 0 && {
      problems: read.problems.map(({ message, path }) => ({ message, path: path.join('.') })),
    }),
  };
}

/** Replaces this server's own messages by the generic one. */
const messageOf = ({ message }: Error, { service }: Trial) =>
  message.includes(service.title) ? 'Request failed' : message;

/** The response headers that a connector's mappings read. */
const headersRead = (connector: Connector) =>
  new Set(
    responseMappings(connector).flatMap(({ mapping }) =>
      usesOf(mapping).flatMap(({ variable, path: [first, header] }) =>
        variable === '$response' && first === 'headers' && header !== undefined ? [header] : [],
      ),
    ),
  );

const textsOf = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  isRecorded: (name: string) => boolean,
  redactor: Redactor,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || !isRecorded(name)
        ? []
        : [[name, redactor.text([value].flat().join(', '), name)]],
    ),
  );

function shortened(value: Value): Value {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (isList(value)) return value.slice(0, MAX_ITEMS).map(shortened);
  if (!isObject(value)) return value;
  const short: Record<string, Value> = {};
  for (const [key, one] of Object.entries(value)) setProperty(short, key, shortened(one));
  return short;
}

/** Formatted JSON that preserves the digits of integers. */
function pretty(value: Value, indent = ''): string {
  const inner = `${indent}  `;
  if (isList(value) && value.length > 0)
    return `[\n${value.map((item) => inner + pretty(item, inner)).join(',\n')}\n${indent}]`;
  if (isObject(value) && Object.keys(value).length > 0) {
    const lines = Object.entries(value).map(
      ([key, one]) => `${inner}${JSON.stringify(key)}: ${pretty(one, inner)}`,
    );
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return stringifyJson(value);
}

/** The text of a test file. */
export const suiteText = (schema: string, tests: readonly object[]): string =>
  stringify({ config: { schema }, tests }, { lineWidth: 0 });
