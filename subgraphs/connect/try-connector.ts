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

/** A request without the credential of the source. */
export interface ConnectorRequest {
  readonly method: HttpMethod;
  readonly url: string;
  /** Keys are header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface BuiltRequest {
  /** Undefined if there is no request. */
  readonly request?: ConnectorRequest;
  /** The same before serialization. */
  readonly call?: AnyRequest;
  /** Why there is no request; undefined if there is one, or a required value is null. */
  readonly error?: Error;
}

/** The input of a trial of a connector. */
export interface Trial {
  readonly connector: Connector;
  /** The subgraph, for errors. */
  readonly service: Service;
  readonly variables: Variables;
  readonly clientHeaders: ClientHeaders;
}

/** Builds the request of a connector like a client request would, without sending it. */
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
  /** The result of the selection: JSON in which a large integer is a `bigint`. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The client's error; for an entity that the source does not know, a client gets null instead. */
  readonly error?: Error;
}

/** Reads a response like a client request would. */
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
