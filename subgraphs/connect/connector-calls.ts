import type { Service } from '../../errors/coded-error.ts';
import type { ClientHeaders, RequestScope } from '../../request/request-scope.ts';
import type { UpstreamMonitor } from '../../upstream/upstream-monitor.ts';
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
import { extensionsOf } from './error-extensions.ts';
import { type Mapping, usesOf } from './mapping/mapping.ts';
import type { Apply, ConnectorMappings } from './mapping-problems.ts';
import { configOf, NO_OUTSIDE_VARIABLES, outsideValues } from './outside-variables.ts';
import { readBody } from './read-body.ts';
import type { SourceClient } from './source-client.ts';
import { responseMappings, ruleMappings } from './used-variables.ts';
import type { Write } from './writes.ts';

/** A connector that can be called. */
export interface RunningConnector {
  readonly connector: Connector;
  readonly client: SourceClient;
  readonly mappings: ConnectorMappings;
  /** Which of `$args`, `$this` and `$batch` the reading of the response depends on. */
  readonly readBy: readonly string[];
  /** The variables that determine whether a response is a success. */
  readonly judgedBy: readonly string[];
  /** The client that the cached response is limited to; undefined for all. */
  readonly cachedFor: (scope: RequestScope) => string | undefined;
  /** Completes the result of the selection. */
  readonly complete: Complete;
  /** Undefined for a connector that reads. */
  readonly write: Write | undefined;
  /** The names of other connectors that can return objects that this one finds by a key. */
  readonly feeders: readonly string[];
  readonly monitor: UpstreamMonitor;
}

/** A call for one page of a list. */
export interface PageOfCall {
  /** Changes the request to read the page. */
  readonly change: (request: AnyRequest) => AnyRequest;
  /** @param value the result of the selection */
  readonly read: (value: unknown, response: UpstreamResponse) => unknown;
}

/** The connector calls of one client request: equal ones are made once. */
export class ConnectorCalls {
  readonly service: Service;
  readonly #scope: RequestScope;
  readonly #values = new Map<string, Promise<unknown>>();
  /** Number of pending calls, by connector name. */
  readonly #underWay = new Map<string, number>();
  #waiting: Waiting[] = [];
  /** Variables that all calls share. */
  #shared: Variables | undefined;
  readonly #outside: OutsideVariables;

  constructor(service: Service, scope: RequestScope, outside = NO_OUTSIDE_VARIABLES) {
    this.service = service;
    this.#outside = outside;
    this.#scope = scope;
  }

  /**
   * @param page the page to read instead of the whole list
   * @returns the result of the selection, or what `page` reads of it; null if a required value is null, or for an unknown entity
   * @throws CodedError
   */
  async run(running: RunningConnector, variables: Variables, page?: PageOfCall): Promise<unknown> {
    return this.runFirst([running], variables, page);
  }

  /** Like {@link run} for the first of several connectors whose required values are not null. */
  async runFirst(
    alternatives: readonly RunningConnector[],
    variables: Variables,
    page?: PageOfCall,
  ): Promise<unknown> {
    const { clientHeaders = {} } = this.#scope;
    this.#shared ??= {
      $request: requestVariable(clientHeaders),
      ...outsideValues(this.#outside, this.#scope),
    };
    for (const running of alternatives) {
      const { connector, mappings } = running;
      const complete = { ...variables, ...this.#shared, $config: configOf(connector) };
      const apply = mappings.applyIn(this.#scope);
      const built = buildRequest(connector, complete, clientHeaders, apply);
      if (built !== null)
        return this.#runBuilt(running, built, complete, { apply, ...(page && { page }) });
    }
    return null;
  }

  #runBuilt(
    running: RunningConnector,
    built: AnyRequest,
    variables: Variables,
    how: HowToRead,
  ): Promise<unknown> {
    const { connector, readBy } = running;
    const { apply, page } = how;
    const cachedFor = running.cachedFor(this.#scope);
    const request = {
      ...(page?.change(built) ?? built),
      explain: explainBy(connector, this.service, variables, apply),
      ...(cachedFor !== undefined && { cachedFor }),
      reader: readerOf(running, variables),
      ...batchSizeOf(variables['$batch']),
    };
    if (running.write !== undefined)
      return running.write(request, variables['$args'], this.#scope, (sent, scope) =>
        this.#call(running, sent, variables, { ...how, scope }),
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
    const value = this.#call(running, request, variables, how);
    this.#values.set(key, value);
    return value;
  }

  /** Reports a truncated list. @param items the number of its items */
  recordCut(running: RunningConnector, items: number): void {
    const { name, source } = running.connector;
    this.#scope.trace.recordTruncated({ service: this.service.name, field: name, items });
    running.monitor.listTruncated(source.name, name);
  }

  /** Calls back when no call of these connectors is pending, or about to follow from received results. */
  whenQuiet(connectors: readonly string[], callback: () => void): void {
    // Results reach resolvers through promises: these have run when the queue is empty.
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
    { apply, page, scope = this.#scope }: HowToRead,
  ): Promise<unknown> {
    this.#begin(connector.name);
    try {
      const response = await client.exchange(request, scope);
      const body = this.#bodyOf(response, connector);
      const value = apply(connector.selection, body, {
        ...variables,
        ...responseVariables(response),
      });
      const completed = complete(value ?? null, (path) => {
        mappings.reportUnknownType(path, this.#scope);
      });
      const { status, headers } = response;
      return page === undefined ? completed : page.read(completed, { status, headers, body });
    } catch (error) {
      if (connector.entity !== undefined && error instanceof UpstreamError && error.status === 404)
        return null;
      throw error;
    } finally {
      this.#end(connector.name);
    }
  }

  /** A response without a body, such as one with the status 204, is null. */
  #bodyOf(response: VendorResponse, { isMutation, source }: Connector): unknown {
    const body = readBody(response, source.policy.responseFormat);
    if (body !== undefined) return body;
    const code = isMutation ? 'OUTCOME_UNKNOWN' : 'UPSTREAM_CONTRACT';
    throw new UpstreamError(code, this.service, { status: response.status });
  }
}

/** JSON without large integers. */
const keyText = (parts: unknown) =>
  JSON.stringify(parts, (_name, value: unknown) =>
    typeof value === 'bigint' ? { integer: String(value) } : value,
  );

/** Parameters of reading a response. */
interface HowToRead {
  readonly apply: Apply;
  readonly page?: PageOfCall;
  /** @default the scope of the client request */
  readonly scope?: RequestScope;
}

interface Waiting {
  readonly connectors: readonly string[];
  readonly callback: () => void;
}

const batchSizeOf = (batch: unknown) => (Array.isArray(batch) ? { batchSize: batch.length } : {});

/** Header values are lists: a header can occur several times. */
export const requestVariable = (headers: ClientHeaders) => ({ headers: headerLists(headers) });

const headerLists = (headers: ClientHeaders) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? [value] : value]],
    ),
  );

export const responseVariables = ({ status, headers }: UpstreamResponse) => ({
  $status: status,
  $response: { headers: headerLists(headers) },
});

/** The status of a response decides first whether it is a success, then `isSuccess`. */
export function explainBy(
  { success, source }: Connector,
  service: Service,
  variables: Variables,
  apply: Apply,
): Explain {
  const isSuccess = success.isSuccess ?? source.success.isSuccess;
  const message = success.message ?? source.success.message;
  const extensions = success.extensions ?? source.success.extensions;
  const read = (mapping: Mapping | undefined, response: VendorResponse) =>
    mapping &&
    apply(mapping, readBody(response, source.policy.responseFormat) ?? null, {
      ...variables,
      ...responseVariables(response),
    });
  return (response) => {
    const { status } = response;
    const isFailure = status < 200 || status >= 300;
    if (!isFailure && (isSuccess === undefined || read(isSuccess, response) === true))
      return undefined;
    const mapped = read(message, response);
    const text = typeof mapped === 'string' && mapped !== '' ? mapped : undefined;
    const details = extensionsOf(read(extensions, response));
    if (!isFailure)
      return new UpstreamError('UPSTREAM_REJECTED', service, { status, message: text, details });
    return text === undefined && details === undefined
      ? undefined
      : errorOfStatus(response, service, { message: text, details });
  };
}

/** A response is not shared if it was judged by other rules, or depends on another caller's request or claims. */
function readerOf({ connector, judgedBy }: RunningConnector, variables: Variables): string {
  const { success, source, name } = connector;
  const rule = success.isSuccess ?? source.success.isSuccess;
  if (rule === undefined && judgedBy.length === 0) return name;
  return `${name} ${keyText([rule?.text, ...judgedBy.map((one) => variables[one])])}`;
}

export function judgedByOf({ success, source }: Connector): readonly string[] {
  const used = new Set(
    [...ruleMappings(success), ...ruleMappings(source.success)].flatMap(({ mapping }) =>
      usesOf(mapping).map(({ variable }) => variable),
    ),
  );
  return JUDGED_BY.filter((name) => used.has(name));
}

const READ_BY = ['$args', '$this', '$batch'];

const JUDGED_BY = [...READ_BY, '$request', '$context', '$env', '$config'];

export function readByOf(connector: Connector): readonly string[] {
  const used = new Set(
    responseMappings(connector).flatMap(({ mapping }) =>
      usesOf(mapping).map(({ variable }) => variable),
    ),
  );
  return READ_BY.filter((name) => used.has(name));
}
