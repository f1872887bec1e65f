import { formatCursor, parseCursor } from '../../../../events/log/cursor.ts';
import type { GraphQLError } from 'graphql';
import { addReport, readGraphQLResponse, type ServiceError } from '../service-response.ts';
import {
  type FailureCode,
  type NamedService,
  type ServiceConnection,
  UnexpectedStatus,
} from '../service-connection.ts';
import type { GraphRequest } from '../../../operation/graph.ts';
import { UNKNOWN_AGE } from '../../../../request/cache-tags.ts';
import type { CallTrace } from '../../../../request/request-scope.ts';
import type { OpenFetches } from '../../../operation/subgraph-fetches.ts';
import { UpstreamError } from '../../../../upstream/upstream-error.ts';

/** The subgraphs for one client request. */
export interface Services {
  named(service: string): NamedService;
  /**
   * Runs an operation. Shares the response of an equal pending query; never for mutations.
   * @throws CodedError if there is no GraphQL response
   */
  fetch(question: ServiceFetch): Promise<FetchedResponse>;
}

export interface ServiceFetch {
  readonly service: string;
  readonly operation: string;
  readonly variables: FetchVariables;
  readonly isMutation: boolean;
  /** Whether it runs for the change of a subscription. @default false */
  readonly takesChange?: boolean;
}

/** The variables of a fetch: as JSON for a service, as values for an embedded subgraph. */
export interface FetchVariables {
  json(): string;
  values(): Readonly<Record<string, unknown>>;
}

export interface FetchedResponse {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly (ServiceError | GraphQLError)[];
  /** Objects of the data without fields because their subgraph does not know them. @default none */
  readonly unknown?: Iterable<object>;
}

/** The embedded subgraph, for one client request. */
export interface LocalService {
  readonly name: string;
  readonly fetches: OpenFetches;
}

/** @param local undefined if all subgraphs are services */
export function servicesFor(
  connection: (service: string) => ServiceConnection,
  { scope, change }: Pick<GraphRequest, 'scope' | 'change'>,
  local: LocalService | undefined,
): Services {
  const pending = new Map<string, ReturnType<ServiceConnection['post']>>();

  const send = (key: string, service: string, body: string, isMutation: boolean) => {
    const sending = connection(service)
      .post(body, scope, isMutation)
      .finally(() => pending.delete(key));
    pending.set(key, sending);
    return sending;
  };
  const extensions = JSON.stringify({
    change,
    head: scope.logPlace && formatCursor(scope.logPlace),
  });
  const fetchRemote = async ({
    service,
    operation,
    variables,
    isMutation,
    takesChange = false,
  }: ServiceFetch): Promise<FetchedResponse> => {
    const parts = `"query":${JSON.stringify(operation)},"variables":${variables.json()}`;
    const body = takesChange ? `{${parts},"extensions":${extensions}}` : `{${parts}}`;
    const key = `${service} ${body}`;
    const startedAt = performance.now();
    const shared = isMutation ? undefined : pending.get(key);
    const connected = connection(service);
    const { status, bytes, cursor } = await (shared ?? send(key, service, body, isMutation));
    // Parsed again for each fetch that shares it: later results are merged into these objects. A 401 means that the service refuses this server.
    const response = status === 401 ? undefined : readGraphQLResponse(bytes, connected);
    if (response === undefined) {
      const code = codeOf(status);
      if (shared === undefined) connected.ended(code);
      throw connected.fail(code, new UnexpectedStatus(status));
    }
    if (shared !== undefined) return response;
    connected.ended('answered');
    addReport(scope.trace, response, startedAt - scope.trace.startedAt);
    // A refusal shows nothing.
    if (connected.isBuiltIn && !isMutation && response.data != null)
      recordShown(scope.trace, cursor);
    return response;
  };
  return {
    named: (service) => (service === local?.name ? LOCAL : connection(service)),
    fetch: async (question) => {
      const { service, operation, variables, isMutation } = question;
      if (service === local?.name) return local.fetches.fetch(operation, variables.values());
      if (!isMutation || local === undefined) return fetchRemote(question);
      return fetchRemote(question).finally(() => {
        local.fetches.forget();
      });
    },
  };
}

/**
 * A service's caches may be older than the request, and so may what it has found by a search.
 * @param text is the cursor up to which the response shows all changes. A service that cannot read the log has none.
 */
function recordShown(trace: CallTrace, text: string | undefined): void {
  const shown = text === undefined ? undefined : parseCursor(text);
  trace.recordOlder(
    shown === undefined
      ? UNKNOWN_AGE
      : { requestedAt: { ...shown, time: shown.position.ms }, lagMs: 0 },
  );
}

/** Nothing but a mistake of ours can make it fail as a whole. */
const LOCAL: NamedService = {
  name: 'embedded',
  isBuiltIn: true,
  fail: (code, cause) =>
    new UpstreamError(code, { name: 'embedded', title: 'this server' }, { cause }),
};

/** The error code for the status of a response that is not GraphQL. */
function codeOf(status: number): FailureCode {
  if (status === 401 || status === 403) return 'UPSTREAM_AUTH';
  if (status === 429) return 'UPSTREAM_RATE_LIMITED';
  return status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_CONTRACT';
}
