import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import type { UpstreamMonitor } from '../upstream/upstream-monitor.ts';
import type { AnsweredOperation } from './answered-operation.ts';
import { BreakerStates, type VendorStates } from './breaker-states.ts';
import { type EventState, EventStates } from './event-states.ts';
import type { EventLogger } from '../request/event-logger.ts';
import { GraphReloads } from './graph-reloads.ts';
import { MappingLog } from './mapping-log.ts';
import { RefusalLog } from './refusal-log.ts';
import { OperationMetrics } from './operation-metrics.ts';
import { type ServiceMonitor, ServiceStates, type ServiceState } from './service-states.ts';
import { StreamMetrics, type StreamMonitor } from './stream-metrics.ts';
import { UnlistedOperations } from './unlisted-operations.ts';
import { UpstreamLog } from './upstream-log.ts';
import { UpstreamMetrics } from './upstream-metrics.ts';
import { WebhookMetrics, type WebhookMonitor } from './webhook-metrics.ts';

export interface MonitoringOptions {
  /** The vendors that this process calls. */
  readonly vendors: readonly string[];
}

/** The monitoring of a process for its operator. */
export interface Monitoring {
  /** For vendor clients. */
  readonly upstream: UpstreamMonitor;
  /** Replaces the list of vendors. */
  readonly vendorsChanged: (vendors: readonly string[]) => void;
  /** For connections to services. */
  readonly services: ServiceMonitor;
  /** For the served graph and its reloads. */
  readonly graph: Pick<GraphReloads, 'serves' | 'reloaded'>;
  /** For vendor events. */
  readonly webhooks: WebhookMonitor;
  /** For catch-ups. */
  readonly events: Pick<EventStates, 'watch' | 'caughtUp' | 'failed'>;
  /** For subscription streams. */
  readonly streams: StreamMonitor;
  /** Records an answered operation and its duration. */
  readonly answered: (operation: AnsweredOperation, ms: number) => void;
  /** Records a refused or closed client connection, by one of a few reasons. */
  readonly connectionClosed: (reason: string) => void;
  readonly health: () => Health;
  /** All metrics in Prometheus' text format. */
  readonly exposition: () => Promise<string>;
  readonly expositionType: string;
  /** Logs vendor events of interest from now on. */
  readonly logTo: (logger: EventLogger) => void;
}

export interface Health {
  readonly status: 'ready' | 'degraded';
  /** The revision of the served graph: equal for equal graphs. */
  readonly revision?: string;
  /** Present if the last reload failed and the previous graph is served. */
  readonly reload?: 'failed';
  readonly vendors: Readonly<Record<string, VendorStates>>;
  /** For a gateway; absent if all subgraphs are embedded. */
  readonly services?: Readonly<Record<string, ServiceState>>;
  /** For vendors with catch-up; absent if there is none. */
  readonly events?: Readonly<Record<string, EventState>>;
  /** Absent without Redis. */
  readonly redis?: RedisState;
}

type RedisState = 'connected' | 'disconnected';

export function createMonitoring({ vendors }: MonitoringOptions): Monitoring {
  // A separate registry: tests run several servers in one process.
  const register = new Registry();
  collectDefaultMetrics({ register });
  const breakers = new BreakerStates(vendors);
  const operations = new OperationMetrics(register);
  const unlisted = new UnlistedOperations(register);
  const closed = countClosedConnections(register);
  const upstreamLog = new UpstreamLog();
  const refusals = new RefusalLog();
  const mappings = new MappingLog();
  const services = new ServiceStates(register);
  const graph = new GraphReloads(register);
  const webhooks = new WebhookMetrics(register);
  const events = new EventStates(register);
  let redis: RedisState | undefined;
  return {
    upstream: watchUpstream({
      metrics: new UpstreamMetrics(register, breakers),
      breakers,
      log: upstreamLog,
      refusals,
      mappings,
      onRedisChange: (isConnected) => {
        redis = isConnected ? 'connected' : 'disconnected';
      },
    }),
    vendorsChanged: (now) => {
      breakers.replace(now);
    },
    services,
    graph,
    webhooks,
    events,
    streams: new StreamMetrics(register),
    answered: (operation, ms) => {
      operations.answered(operation, ms);
      unlisted.answered(operation);
    },
    connectionClosed: (reason) => {
      closed.inc({ reason });
    },
    health: () => describeHealth({ breakers, services, graph, events, redis }),
    exposition: shared(() => register.metrics()),
    expositionType: register.contentType,
    logTo: (logger) => {
      upstreamLog.logTo(logger);
      for (const log of [refusals, mappings, services, unlisted, webhooks, events])
        log.logger = logger;
    },
  };
}

function describeHealth({
  breakers,
  services,
  graph,
  events,
  redis,
}: {
  readonly breakers: BreakerStates;
  readonly services: ServiceStates;
  readonly graph: GraphReloads;
  readonly events: EventStates;
  readonly redis: RedisState | undefined;
}): Health {
  const byService = services.byService();
  const eventsByVendor = events.byVendor();
  return {
    status:
      breakers.areAllClosed && services.areAllUp && !graph.hasFailed && redis !== 'disconnected'
        ? 'ready'
        : 'degraded',
    ...(graph.revision !== undefined && { revision: graph.revision }),
    ...(graph.hasFailed && { reload: 'failed' as const }),
    vendors: breakers.byVendor(),
    ...(Object.keys(byService).length > 0 && { services: byService }),
    ...(Object.keys(eventsByVendor).length > 0 && { events: eventsByVendor }),
    ...(redis !== undefined && { redis }),
  };
}

const countClosedConnections = (register: Registry) =>
  new Counter({
    name: 'tributary_connections_closed_total',
    help: 'Client connections that were refused or closed at a limit: address, all, idle (replaced by a new one), unread (the client reads no response), pipelining.',
    labelNames: ['reason'] as const,
    registers: [register],
  });

/** Shares the result of a pending call. */
function shared<T>(begin: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () => {
    pending ??= begin().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

function watchUpstream({
  metrics,
  breakers,
  log,
  refusals,
  mappings,
  onRedisChange,
}: {
  metrics: UpstreamMetrics;
  breakers: BreakerStates;
  log: UpstreamLog;
  refusals: RefusalLog;
  mappings: MappingLog;
  onRedisChange: (isConnected: boolean) => void;
}): UpstreamMonitor {
  return {
    called: (call) => {
      metrics.called(call);
    },
    refused: (refusal) => {
      refusals.refused(refusal);
    },
    retried: (vendor) => {
      metrics.retried(vendor);
    },
    waited: (vendor, ms) => {
      metrics.waited(vendor, ms);
    },
    breakerChanged: (vendor, calls, state, api) => {
      breakers.change(vendor, calls, state, api);
      log.breakerChanged(vendor, calls, state, api);
    },
    cacheLookup: (vendor, found) => {
      metrics.cacheLookup(vendor, found);
    },
    mappingFailed: (mapping) => {
      metrics.mappingFailed(mapping);
      mappings.failed(mapping);
    },
    listTruncated: (vendor, field) => {
      metrics.listTruncated(vendor, field);
    },
    sharedStateChanged: (isShared, reason) => {
      metrics.sharedStateChanged(isShared);
      log.sharedStateChanged(isShared, reason);
      onRedisChange(isShared);
    },
  };
}
