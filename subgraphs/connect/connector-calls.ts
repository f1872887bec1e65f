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
import type { Connector } from './connector-file.ts';
import { parseJson } from './mapping/json.ts';
import { evaluate, type Mapping, usesOf } from './mapping/mapping.ts';
import type { SourceClient } from './source-client.ts';
import { responseMappings } from './used-variables.ts';
import type { Write } from './writes.ts';

/** A connector that can be called. */
export interface RunningConnector {
  readonly connector: Connector;
  readonly client: SourceClient;
  readonly explain: Explain;
  /** Which of `$args`, `$this` and `$batch` the response is read by. */
  readonly readBy: readonly string[];
  /** For whom the response is cached; undefined for all. */
  readonly cachedFor: (scope: RequestScope) => string | undefined;
  /** Makes what the selection gave complete. */
  readonly complete: Complete;
  /** Undefined for one that reads. */
  readonly write: Write | undefined;
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
  /** `$request`, which is the same for all calls. */
  #request: object | undefined;

  constructor(service: Service, scope: RequestScope) {
    this.#service = service;
    this.#scope = scope;
  }

  /**
   * @returns what the selection gives; null where the request needs something that is null, or for an entity that the source does not know
   * @throws CodedError
   */
  async run(running: RunningConnector, variables: Variables): Promise<unknown> {
    const { connector, readBy, explain } = running;
    const { clientHeaders = {} } = this.#scope;
    this.#request ??= requestVariable(clientHeaders);
    const complete = { ...variables, $request: this.#request };
    const built = buildRequest(connector, complete, clientHeaders);
    if (built === null) return null;
    const cachedFor = running.cachedFor(this.#scope);
    const request = {
      ...built,
      explain,
      ...(cachedFor !== undefined && { cachedFor }),
      reader: connector.name,
      ...batchSizeOf(variables['$batch']),
    };
    if (running.write !== undefined)
      return running.write(request, variables['$args'], this.#scope, (sent, scope) =>
        this.#call(running, sent, complete, scope),
      );
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
    const value = this.#call(running, request, complete);
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
    { connector, client, complete }: RunningConnector,
    request: AnyRequest,
    variables: Variables,
    scope = this.#scope,
  ): Promise<unknown> {
    this.#begin(connector.name);
    try {
      const response = await client.exchange(request, scope);
      const body = this.#bodyOf(response, connector);
      const { value } = evaluate(connector.selection, body, {
        ...variables,
        ...responseVariables(response),
      });
      return complete(value ?? null);
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
export function explainBy({ success, source }: Connector, service: Service): Explain {
  const isSuccess = success.isSuccess ?? source.success.isSuccess;
  const message = success.message ?? source.success.message;
  const read = (mapping: Mapping | undefined, response: UpstreamResponse) =>
    mapping && evaluate(mapping, response.body ?? null, responseVariables(response)).value;
  return (response) => {
    const { status } = response;
    const isFailure = status < 200 || status >= 300;
    if (!isFailure && (isSuccess === undefined || read(isSuccess, response) === true))
      return undefined;
    const told = read(message, response);
    const text = typeof told === 'string' && told !== '' ? told : undefined;
    if (isFailure) return text === undefined ? undefined : errorOfStatus(response, service, text);
    return new UpstreamError('UPSTREAM_REJECTED', service, { status, message: text });
  };
}

const READ_BY = ['$args', '$this', '$batch'];

export function readByOf(connector: Connector): readonly string[] {
  const used = new Set(
    responseMappings(connector).flatMap(({ mapping }) =>
      usesOf(mapping).map(({ variable }) => variable),
    ),
  );
  return READ_BY.filter((name) => used.has(name));
}
