import { CodedError, type Service } from '../../errors/coded-error.ts';
import type { HttpMethod, HttpResponse } from '../../upstream/connection-pool.ts';
import { toHttp } from '../../upstream/upstream-client.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { AnyRequest } from '../../upstream/upstream-request.ts';
import { refusalOf, VendorResponse } from '../../upstream/vendor-response.ts';
import type { ClientHeaders } from '../../request/request-scope.ts';
import { buildRequest, type Variables } from './build-request.ts';
import { explainBy, requestVariable, responseVariables } from './connector-calls.ts';
import type { Connector } from './connector-file.ts';
import type { Apply } from './mapping-problems.ts';
import { evaluate, type Problem } from './mapping/mapping.ts';
import { readBody } from './read-body.ts';

/** A request as it is sent, without the credential of the source. */
export interface ConnectorRequest {
  readonly method: HttpMethod;
  readonly url: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface BuiltRequest {
  /** Undefined where none is made. */
  readonly request?: ConnectorRequest;
  /** The same before it is written out. */
  readonly call?: AnyRequest;
  /** Why none can be made; undefined where one is made, or needs something that is null. */
  readonly error?: Error;
}

/** What a connector is tried with. */
export interface Trial {
  readonly connector: Connector;
  /** The subgraph, which errors name. */
  readonly service: Service;
  readonly variables: Variables;
  readonly clientHeaders: ClientHeaders;
}

/** Builds the request of a connector as a client request would, and sends nothing. */
export function requestOf({ connector, variables, clientHeaders }: Trial): BuiltRequest {
  const complete = { ...variables, $request: requestVariable(clientHeaders) };
  try {
    const call = buildRequest(connector, complete, clientHeaders);
    return call === null ? {} : { call, request: written(connector, call) };
  } catch (error) {
    if (error instanceof CodedError || error instanceof TypeError) return { error };
    throw error;
  }
}

export interface ReadResponse {
  /** What the selection gives: JSON in which an integer of many digits is a `bigint`. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** That a client would get; for an entity that the source does not know, a client gets null instead. */
  readonly error?: Error;
}

/** Reads a response as a client request would. */
export function responseOf(
  { connector, service, variables, clientHeaders }: Trial,
  httpResponse: HttpResponse,
): ReadResponse {
  const response = new VendorResponse(httpResponse);
  const complete = { ...variables, $request: requestVariable(clientHeaders) };
  const apply: Apply = (mapping, input, variableValues) =>
    evaluate(mapping, input, variableValues).value;
  const error = refusalOf(response, service, explainBy(connector, service, complete, apply));
  if (error !== undefined) return { value: null, problems: [], error };
  const body = readBody(response, connector.source.policy.responseFormat);
  if (body === undefined) {
    const { status } = httpResponse;
    const code = connector.isMutation ? 'OUTCOME_UNKNOWN' : 'UPSTREAM_CONTRACT';
    return { value: null, problems: [], error: new UpstreamError(code, service, { status }) };
  }
  const { value, problems } = evaluate(connector.selection, body, {
    ...complete,
    ...responseVariables(response),
  });
  return { value: value ?? null, problems };
}

function written({ source }: Connector, call: AnyRequest): ConnectorRequest {
  const { origin, pathname } = new URL(source.baseUrl);
  const { method, path, headers, body } = toHttp(
    { authorize: () => undefined },
    pathname.replace(/\/$/, ''),
    call,
  );
  return { method, url: `${origin}${path}`, headers, body };
}
