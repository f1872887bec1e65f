import type { Service } from '../../errors/coded-error.ts';
import type { ClientHeaders, RequestScope } from '../../request/request-scope.ts';
import { jsonText } from '../../upstream/json-body.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { AnyRequest } from '../../upstream/upstream-request.ts';
import {
  errorOfStatus,
  type Explain,
  type UpstreamResponse,
  type VendorResponse,
} from '../../upstream/vendor-response.ts';
import { buildRequest, type Variables } from './build-request.ts';
import type { Complete } from './complete-objects.ts';
import type { Connector, OutsideVariables } from './connector-file.ts';
import { parseJson } from './mapping/json.ts';
import { type Mapping, usesOf } from './mapping/mapping.ts';
import type { Apply, ConnectorMappings } from './mapping-problems.ts';
import { configOf, NO_OUTSIDE_VARIABLES, outsideValues } from './outside-variables.ts';
import { extensionsOf } from './error-extensions.ts';
import type { SourceClient } from './source-client.ts';
import { responseMappings, ruleMappings } from './used-variables.ts';

/** A connector that can be called. */
export interface RunningConnector {
  readonly connector: Connector;
  readonly client: SourceClient;
  readonly mappings: ConnectorMappings;
  /** Which of `$args`, `$this` and `$batch` the response is read by. */
  readonly readBy: readonly string[];
  /** Which variables of the request decide whether a response is a success. */
  readonly judgedBy: readonly string[];
  /** Makes what the selection gave complete. */
  readonly complete: Complete;
  /** The names of other connectors that can give objects which this one finds by a key. */
  readonly feeders: readonly string[];
}

/** The calls that connectors make for one client request: equal ones are made once. */
export class ConnectorCalls {
  readonly #service: Service;
  readonly #scope: RequestScope;
  readonly #values = new Map<string, Promise<unknown>>();
  /** How many calls are under way, by the names of the connectors. */
  readonly #underWay = new Map<string, number>();
  #waiting: Waiting[] = [];
  /** Variables that are the same for all calls. */
  #shared: Variables | undefined;
  readonly #outside: OutsideVariables;

  constructor(service: Service, scope: RequestScope, outside = NO_OUTSIDE_VARIABLES) {
    this.#service = service;
    this.#outside = outside;
    this.#scope = scope;
  }

  /**
   * @returns what the selection gives; null where the request needs something that is null, or for an entity that the source does not know
   * @throws CodedError
   */
  async run(running: RunningConnector, variables: Variables): Promise<unknown> {
    const { connector, readBy, mappings } = running;
    const { clientHeaders = {} } = this.#scope;
    this.#shared ??= {
      $request: requestVariable(clientHeaders),
      ...outsideValues(this.#outside, this.#scope),
    };
    const complete = { ...variables, ...this.#shared, $config: configOf(connector) };
    const apply = mappings.applyIn(this.#scope);
    const built = buildRequest(connector, complete, clientHeaders, apply);
    if (built === null) return null;
    const request = {
      ...built,
      explain: explainBy(connector, this.#service, complete, apply),
      reader: readerOf(running, complete),
      ...batchSizeOf(variables['$batch']),
    };
    const call = () => this.#call(running, request, complete, apply);
    if (connector.isMutation) return call();
    const key = keyText([
      connector.name,
      request.params,
      request.path,
      request.query,
      request.headers,
      request.jsonText,
      request.form,
      readBy.map((name) => variables[name]),
    ]);
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = call();
    this.#values.set(key, value);
    return value;
  }

  /** Calls back when no call of these connectors is under way, nor follows at once from what has come. */
  whenQuiet(connectors: readonly string[], callback: () => void): void {
    // What has come reaches resolvers by promises: they are through when the queue is empty.
    void Promise.resolve().then(() => {
      process.nextTick(() => {
        if (connectors.some((name) => (this.#underWay.get(name) ?? 0) > 0))
          this.#waiting.push({ connectors, callback });
        else callback();
      });
    });
  }

  #begin(name: string): void {
    this.#underWay.set(name, (this.#underWay.get(name) ?? 0) + 1);
  }

  #end(name: string): void {
    this.#underWay.set(name, (this.#underWay.get(name) ?? 1) - 1);
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { connectors, callback } of waiting) this.whenQuiet(connectors, callback);
  }

  async #call(
    { connector, client, complete, mappings }: RunningConnector,
    request: AnyRequest,
    variables: Variables,
    apply: Apply,
  ): Promise<unknown> {
    this.#begin(connector.name);
    try {
      const response = await client.exchange(request, this.#scope);
      const body = this.#bodyOf(response, connector);
      const value = apply(connector.selection, body, {
        ...variables,
        ...responseVariables(response),
      });
      return complete(value ?? null, (path) => {
        mappings.reportUnknownType(path, this.#scope);
      });
    } catch (error) {
      if (connector.entity !== undefined && error instanceof UpstreamError && error.status === 404)
        return null;
      throw error;
    } finally {
      this.#end(connector.name);
    }
  }

  /** A response without a body, such as one with the status 204, is null. */
  #bodyOf({ bytes, status }: VendorResponse, { isMutation }: Connector): unknown {
    if (bytes.length === 0) return null;
    const body = readJson(bytes);
    if (body !== undefined) return body;
    throw new UpstreamError(isMutation ? 'OUTCOME_UNKNOWN' : 'UPSTREAM_CONTRACT', this.#service, {
      status,
    });
  }
}

/** JSON without large integers. */
const keyText = (parts: unknown) =>
  JSON.stringify(parts, (_name, value: unknown) =>
    typeof value === 'bigint' ? { integer: String(value) } : value,
  );

interface Waiting {
  readonly connectors: readonly string[];
  readonly callback: () => void;
}

/** With the digits of large integers, which a JavaScript number would round. */
const readJson = (bytes: Buffer) => parseJson(jsonText(bytes));

const batchSizeOf = (batch: unknown) => (Array.isArray(batch) ? { batchSize: batch.length } : {});

/** Header values are lists: a header can come several times. */
const requestVariable = (headers: ClientHeaders) => ({ headers: headerLists(headers) });

const headerLists = (headers: ClientHeaders) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? [value] : value]],
    ),
  );

const responseVariables = ({ status, headers }: UpstreamResponse) => ({
  $status: status,
  $response: { headers: headerLists(headers) },
});

/** The status of a response decides first whether it is a success, then `isSuccess`. */
function explainBy(
  { success, source }: Connector,
  service: Service,
  variables: Variables,
  apply: Apply,
): Explain {
  const isSuccess = success.isSuccess ?? source.success.isSuccess;
  const message = success.message ?? source.success.message;
  const extensions = success.extensions ?? source.success.extensions;
  const read = (mapping: Mapping | undefined, response: UpstreamResponse) =>
    mapping &&
    apply(mapping, response.body ?? null, { ...variables, ...responseVariables(response) });
  return (response) => {
    const { status } = response;
    const isFailure = status < 200 || status >= 300;
    if (!isFailure && (isSuccess === undefined || read(isSuccess, response) === true))
      return undefined;
    const told = read(message, response);
    const text = typeof told === 'string' && told !== '' ? told : undefined;
    const details = extensionsOf(read(extensions, response));
    if (!isFailure)
      return new UpstreamError('UPSTREAM_REJECTED', service, { status, message: text, details });
    return text === undefined && details === undefined
      ? undefined
      : errorOfStatus(response, service, { message: text, details });
  };
}

/** Judging a response by what a caller sent or is, it is not shared with another's. */
const readerOf = ({ connector, judgedBy }: RunningConnector, variables: Variables) =>
  judgedBy.length === 0
    ? connector.name
    : keyText([connector.name, ...judgedBy.map((name) => variables[name])]);

export function judgedByOf({ success, source }: Connector): readonly string[] {
  const used = new Set(
    [...ruleMappings(success), ...ruleMappings(source.success)].flatMap(({ mapping }) =>
      usesOf(mapping).map(({ variable }) => variable),
    ),
  );
  return JUDGED_BY.filter((name) => used.has(name));
}

const READ_BY = ['$args', '$this', '$batch'];

const JUDGED_BY = [...READ_BY, '$request', '$context'];

export function readByOf(connector: Connector): readonly string[] {
  const used = new Set(
    responseMappings(connector).flatMap(({ mapping }) =>
      usesOf(mapping).map(({ variable }) => variable),
    ),
  );
  return READ_BY.filter((name) => used.has(name));
}
