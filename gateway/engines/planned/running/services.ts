import type { RequestScope } from '../../../../request/request-scope.ts';
import { addReport, type GraphQLResponse, readGraphQLResponse } from '../service-response.ts';
import {
  type FailureCode,
  type ServiceConnection,
  UnexpectedStatus,
} from '../service-connection.ts';

/** The subgraphs' services for one client request. */
export interface Services {
  connection(service: string): ServiceConnection;
  /**
   * Sends an operation. An equal one that is on its way already is not sent again, unless it is a mutation.
   * @throws CodedError where there is no GraphQL answer
   */
  fetch(question: ServiceFetch): Promise<GraphQLResponse>;
}

export interface ServiceFetch {
  readonly service: string;
  readonly operation: string;
  /** As JSON. */
  readonly variables: string;
  readonly isMutation: boolean;
}

export function servicesFor(
  connection: (service: string) => ServiceConnection,
  scope: RequestScope,
): Services {
  const underWay = new Map<string, ReturnType<ServiceConnection['post']>>();

  const send = (key: string, service: string, body: string, isMutation: boolean) => {
    const sending = connection(service)
      .post(body, scope, isMutation)
      .finally(() => underWay.delete(key));
    underWay.set(key, sending);
    return sending;
  };
  return {
    connection,
    fetch: async ({ service, operation, variables, isMutation }) => {
      const body = `{"query":${JSON.stringify(operation)},"variables":${variables}}`;
      const key = `${service} ${body}`;
      const startedAt = performance.now();
      const shared = isMutation ? undefined : underWay.get(key);
      const { status, bytes } = await (shared ?? send(key, service, body, isMutation));
      // Who asks is known here: it is this server that the service does not let in.
      if (status === 401)
        throw connection(service).fail('UPSTREAM_AUTH', new UnexpectedStatus(status));
      // Read for each who asks: what comes later is merged into these objects.
      const answer = readGraphQLResponse(bytes, service);
      if (answer === undefined)
        throw connection(service).fail(codeOf(status), new UnexpectedStatus(status));
      if (shared === undefined) addReport(scope.trace, answer, startedAt - scope.trace.startedAt);
      return answer;
    },
  };
}

/** What the status of an answer that is none of GraphQL means. */
function codeOf(status: number): FailureCode {
  if (status === 403) return 'UPSTREAM_AUTH';
  if (status === 429) return 'UPSTREAM_RATE_LIMITED';
  return status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_CONTRACT';
}
