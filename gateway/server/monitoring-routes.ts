import type { FastifyInstance } from 'fastify';
import type { Monitoring } from '../../monitoring/monitoring.ts';
import { serve } from './http-server.ts';

export interface MonitoringRouteOptions {
  readonly monitoring: Monitoring;
  readonly isReady: () => boolean;
  /** Counts the requests for metrics of each address. */
  readonly countMetrics: (routes: FastifyInstance) => void;
}

/** Answers whoever watches over the process: orchestrators, who are never refused and cost next to nothing, and Prometheus. */
export function serveMonitoring(
  app: FastifyInstance,
  { monitoring, isReady, countMetrics }: MonitoringRouteOptions,
): void {
  serve(app, ['GET'], '/health/live', (_request, reply) => reply.send({ status: 'live' }));
  // A vendor that is down takes nobody out of a load balancer: all instances would go, and what needs no vendor with them.
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
