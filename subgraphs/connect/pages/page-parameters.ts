import type { AnyRequest, QueryValue } from '../../../upstream/upstream-request.ts';
import { parseJson, stringifyJson } from '../mapping/json.ts';
import { isObject, type Maybe, type Value } from '../mapping/values.ts';
import { type PageToken, readPageNumber } from './page-token.ts';
import type { PagesPolicy } from './pages-policy.ts';

/** Adds the parameters of one page to a request, and replaces existing ones. */
export function withPage(
  request: AnyRequest,
  policy: PagesPolicy,
  token: PageToken,
  size: number | undefined,
): AnyRequest {
  const parameters = parametersOf(policy, token);
  if (policy.sizeParameter !== undefined && size !== undefined)
    parameters[policy.sizeParameter] = size;
  if (policy.in === 'query')
    return { ...request, query: { ...request.query, ...asQuery(parameters) } };
  if (request.form !== undefined)
    return { ...request, form: { ...request.form, ...asQuery(parameters) } };
  return { ...request, jsonText: withBody(request.jsonText, parameters) };
}

type Parameters = Record<string, string | number>;

function parametersOf(policy: PagesPolicy, token: PageToken): Parameters {
  if (token === null) return {};
  if (policy.style === 'page') return { [policy.parameter]: readPageNumber(token).number };
  if (typeof token === 'object') return { ...token };
  return 'parameter' in policy ? { [policy.parameter]: token } : {};
}

const asQuery = (parameters: Parameters): Readonly<Record<string, QueryValue>> => parameters;

function withBody(text: string | undefined, parameters: Parameters): string {
  const body = text === undefined ? undefined : parseJson(text);
  let changed: Value = isObject(body) ? body : {};
  for (const [name, value] of Object.entries(parameters))
    changed = withValue(changed, name.split('.'), value);
  return stringifyJson(changed);
}

/** @param path names of the nested objects, then of the value */
function withValue(
  object: Maybe,
  [name = '', ...below]: readonly string[],
  value: string | number,
): Value {
  const properties = isObject(object) ? object : {};
  const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return { ...properties, [name]: below.length === 0 ? value : withValue(inner, below, value) };
}
