import { hash } from 'node:crypto';
import { CodedError } from '../../../errors/coded-error.ts';
import type { Caller } from '../../../request/caller.ts';
import type { ClientHeaders } from '../../../request/request-scope.ts';
import type { OperationCost } from '../../../request/operation-cost.ts';
import { type GraphQLResponse, type GraphQLServer, refuse } from '../graphql-server.ts';
import type { CurrentGraph, ServedGraph } from '../served-graph.ts';
import type { ServedContext } from '../served-context.ts';
import type { StreamRequest } from './stream.ts';
import type { Subscription } from './subscription.ts';

/** A stream's subscription, validated for one graph and one caller. */
export interface PreparedStream {
  readonly graph: ServedGraph;
  readonly server: GraphQLServer;
  /** Undefined for the whole graph. */
  readonly audience: string | undefined;
  readonly caller: Caller;
  readonly subscription: Subscription;
  /** Undefined without cost rules. */
  readonly cost: OperationCost | undefined;
  /** Equal for streams that get the same response to a change if their callers have equal access. */
  readonly shareKey: string;
}

/**
 * Validates and admits a subscription against the current graph.
 * @returns the refusal of a request that gets no stream
 */
export async function prepareStream(
  graphs: CurrentGraph,
  { parameters, pathAudience }: Pick<StreamRequest, 'parameters' | 'pathAudience'>,
  context: ServedContext,
): Promise<PreparedStream | GraphQLResponse> {
  const { caller, scope, record } = context;
  const graph = graphs.value;
  graph.enter();
  try {
    const { server, audience } = await graph.serverFor(caller, pathAudience);
    record.audience = audience;
    const subscription = await server.subscribe({ ...parameters, allowsMutations: true }, context);
    if ('status' in subscription) return subscription;
    const shareKey = shareKeyOf(graph, server, subscription, caller, scope.clientHeaders ?? {});
    return { graph, server, audience, caller, subscription, cost: record.cost, shareKey };
  } catch (error) {
    if (error instanceof CodedError) return refuse(error, context);
    throw error;
  } finally {
    graph.leave();
  }
}

/** Everything that decides the response, except the change and the caller's access. */
function shareKeyOf(
  { source }: ServedGraph,
  server: GraphQLServer,
  { operation, variables }: Subscription,
  caller: Caller,
  headers: ClientHeaders,
): string {
  const parts: unknown[] = [numberOf(server), operation.hash, operation.name, variables];
  if (source.isCallerIndependent !== true) parts.push(callerParts(caller), headerParts(headers));
  return hash('sha256', JSON.stringify(parts));
}

/** All fields of a caller, because services and connectors can receive any of them. */
const callerParts = ({ id, isAuthenticated, scopes, claims, audience, clientKey }: Caller) => [
  id,
  isAuthenticated,
  scopes === 'all' ? scopes : [...scopes].sort(),
  claims,
  audience,
  clientKey,
];

const headerParts = (headers: ClientHeaders) =>
  Object.entries(headers)
    .filter(([name]) => !CONNECTION_HEADERS.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** Headers of the connection or the stream's start, which never affect a response. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'content-length',
  'last-event-id',
  'sec-websocket-key',
]);

const numbers = new WeakMap<GraphQLServer, number>();
let lastNumber = 0;

function numberOf(server: GraphQLServer): number {
  const number = numbers.get(server) ?? (lastNumber += 1);
  numbers.set(server, number);
  return number;
}
