import type { FastifyInstance } from 'fastify';
import type { Monitoring } from '../../monitoring/monitoring.ts';
import { serve } from './http-server.ts';

export interface MonitoringRouteOptions {
  readonly monitoring: Monitoring;
  readonly isReady: () => boolean;
  /** Limits the requests for metrics of each address. */
  readonly countMetrics: (routes: FastifyInstance) => void;
}

/** Serves health checks, which are never refused and cost almost nothing, and Prometheus metrics. */
export function serveMonitoring(
  app: FastifyInstance,
  { monitoring, isReady, countMetrics }: MonitoringRouteOptions,
): void {
  serve(app, ['GET'], '/health/live', (_request, reply) => reply.send({ status: 'live' }));
  // A failed vendor does not make the instance unready: a load balancer would remove all instances, also for requests without that vendor.
  serve(app, ['GET'], '/health/ready', (_request, reply) =>
    isReady() ? reply.send(monitoring.health()) : reply.code(503).send({ status: 'draining' }),
  );
  app.register((routes, _options, done) => {
    countMetrics(routes);
    serve(routes, ['GET'], '/metrics', async (_request, reply) =>
      reply.type(monitoring.expositionType).send(await monitoring.exposition()),
    );
    done();
  });
}
