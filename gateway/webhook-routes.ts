import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ChangeLog, LogUnavailable, NotStored } from '../events/log/change-log.ts';
import type { NewEvent } from '../events/change.ts';
import type { VendorCatchUps } from '../events/catch-up/vendor-catch-ups.ts';
import type {
  RefusedReason,
  VendorChanges,
  VendorWebhooks,
  WebhookResult,
} from '../events/catch-up/vendor-events.ts';
import { CodedError } from '../errors/coded-error.ts';
import { describeUnexpectedError } from '../errors/describe-error.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { WebhookMonitor } from '../monitoring/webhook-metrics.ts';
import { RefusedAddresses } from './admission/refused-addresses.ts';
import { openScope } from './graphql/request-scope.ts';
import type { RouteContext } from './graphql/service.ts';
import { serve } from './server/http-server.ts';
import type { ServerConfig } from './server/server-config.ts';

/** The dependencies of the webhook routes. */
export interface WebhookOptions {
  /** Vendors without webhooks have no route. */
  readonly vendors: readonly VendorChanges[];
  readonly log: Pick<ChangeLog, 'append'>;
  /** Reads changes from the vendor after an invalid signature or an unreadable event. @default no catch-up */
  readonly catchUps?: Pick<VendorCatchUps, 'catchUpSoon'>;
}

/** The parts of the service that the routes use. */
export interface WebhookService {
  readonly config: Pick<ServerConfig, 'publicUrl' | 'requestTimeoutMs'>;
  readonly monitoring: Pick<Monitoring, 'webhooks'>;
  readonly addressLimits: RouteContext['addressLimits'];
}

/**
 * Serves `POST /webhooks/<vendor>`. The signature is the only credential. Vendors send bursts, so only refused requests count for the limit
 * of an address. Server faults have status 503, because vendors do not retry most others.
 */
export function serveWebhooks(
  app: FastifyInstance,
  options: WebhookOptions,
  { config, monitoring, addressLimits }: WebhookService,
): void {
  const refusals = new RefusedAddresses(addressLimits('refused webhooks'));
  app.register((routes, _options, done) => {
    routes.removeAllContentTypeParsers();
    // The signature covers the raw bytes, so the body is read as bytes for any content type, even a malformed one.
    routes.addHook('onRequest', ({ headers }, _reply, next) => {
      headers['content-type'] = BYTES;
      next();
    });
    routes.addContentTypeParser(BYTES, { parseAs: 'buffer' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    routes.addHook('onRoute', (route) => {
      route.bodyLimit = MAX_BYTES;
    });
    routes.setErrorHandler((error) => {
      throw isTooLarge(error) ? TOO_LARGE : error;
    });
    routes.addHook('onRequest', (request, _reply, next) => {
      next(refusals.find(request.ip));
    });
    for (const { vendor, webhooks } of options.vendors)
      if (webhooks !== undefined)
        serve(routes, ['POST'], `/webhooks/${vendor}`, (request, reply) =>
          receive(request, reply, {
            ...options,
            ...config,
            monitor: monitoring.webhooks,
            vendor,
            webhooks,
            refusals,
          }),
        );
    done();
  });
}

const BYTES = 'application/octet-stream';

/** An event has some kilobytes, and a batch some hundred. */
const MAX_BYTES = 1024 * 1024;

const TOO_LARGE = new CodedError(
  'PAYLOAD_TOO_LARGE',
  `The body must have at most ${String(MAX_BYTES)} bytes.`,
);

const isTooLarge = (error: unknown) =>
  error instanceof Error && 'statusCode' in error && error.statusCode === 413;

interface ReceiveOptions extends Omit<WebhookOptions, 'vendors'> {
  readonly publicUrl?: string | undefined;
  readonly requestTimeoutMs: number;
  readonly monitor: WebhookMonitor;
  readonly vendor: string;
  readonly webhooks: VendorWebhooks;
  readonly refusals: RefusedAddresses;
}

async function receive(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ReceiveOptions,
): Promise<FastifyReply> {
  const {
    vendor,
    webhooks,
    monitor,
    publicUrl = `${request.protocol}://${request.host}`,
  } = options;
  const { method, url, headers, body } = request;
  const result = webhooks.receive({
    method,
    url: publicUrl + url,
    headers,
    body: Buffer.isBuffer(body) ? body : NO_BYTES,
    now: Date.now(),
  });
  switch (result.kind) {
    case 'refused':
      monitor.received({ vendor, result: 'refused', reason: result.reason });
      // It may contain a change that no webhook will repeat.
      options.catchUps?.catchUpSoon(vendor);
      await options.refusals.count(request.ip);
      // RFC 9110, section 11.6.1.
      void reply.header('www-authenticate', 'Signature');
      throw REFUSALS[result.reason];
    case 'unreadable':
      monitor.received({ vendor, result: 'unreadable' });
      options.catchUps?.catchUpSoon(vendor);
      throw new CodedError('EVENTS_NOT_STORED', UNREADABLE, { retryAfter: LATER_SECONDS });
    case 'events': {
      const { unreadable = 0 } = result;
      for (const [reason, count] of Object.entries(result.ignored))
        monitor.received({ vendor, result: 'ignored', reason, count });
      if (unreadable > 0) {
        monitor.received({ vendor, result: 'unreadable', count: unreadable });
        options.catchUps?.catchUpSoon(vendor);
      }
      await store(await completeEvents(result, request, reply, options), request, options);
      // The vendor sends all of them again: those that are stored are then duplicates.
      if (unreadable > 0)
        throw new CodedError('EVENTS_NOT_STORED', UNREADABLE, { retryAfter: LATER_SECONDS });
      return reply.send({});
    }
  }
}

/** @throws CodedError `EVENTS_NOT_STORED` */
async function completeEvents(
  { events, complete }: ReceivedEvents,
  request: FastifyRequest,
  reply: FastifyReply,
  { vendor, monitor, requestTimeoutMs: timeoutMs }: ReceiveOptions,
): Promise<readonly NewEvent[]> {
  if (complete === undefined) return events;
  let completed = events;
  try {
    completed = await complete(
      openScope(request, reply.raw, { timeoutMs, traceparent: undefined }),
    );
  } catch (error) {
    // If a retry cannot succeed, the incomplete events are stored, unless they name no record.
    const isRetryable = error instanceof CodedError && error.extensions.retryable;
    if (isRetryable || events.length === 0) {
      monitor.received({ vendor, result: 'not-stored', reason: 'incomplete' });
      throw new CodedError('EVENTS_NOT_STORED', NOT_STORED, {
        retryAfter: SOON_SECONDS,
        cause: error,
      });
    }
  }
  if (completed.length === 0) monitor.received({ vendor, result: 'ignored', reason: 'type' });
  return completed;
}

type ReceivedEvents = Extract<WebhookResult, { kind: 'events' }>;

const NO_BYTES = Buffer.alloc(0);

/** @throws CodedError `EVENTS_NOT_STORED` */
async function store(
  events: readonly NewEvent[],
  request: FastifyRequest,
  { vendor, log, monitor }: ReceiveOptions,
): Promise<void> {
  if (events.length === 0) return;
  let results: readonly ('stored' | 'duplicate')[];
  try {
    results = await log.append(events);
  } catch (error) {
    const isKnown = error instanceof NotStored || error instanceof LogUnavailable;
    const problem = isKnown ? error.message : undefined;
    monitor.received({
      vendor,
      result: 'not-stored',
      count: events.length,
      ...(problem !== undefined && { problem }),
    });
    if (!isKnown)
      request.log.error({ error: describeUnexpectedError(error) }, 'the change log failed');
    throw new CodedError('EVENTS_NOT_STORED', NOT_STORED, {
      retryAfter: SOON_SECONDS,
      cause: error,
    });
  }
  const now = Date.now();
  for (const [index, result] of results.entries()) {
    monitor.received({ vendor, result });
    const at = events[index]?.changes[0]?.at;
    if (result === 'stored' && at !== undefined) monitor.storedAfter(vendor, now - at);
  }
}

const NOT_STORED = 'The events could not be stored. Send them again.';
const UNREADABLE =
  'The signature is valid, but this version cannot parse the event. Send it again to a version that can.';

const SOON_SECONDS = 5;
const LATER_SECONDS = 3600;

const unauthenticated = (message: string) => new CodedError('UNAUTHENTICATED', message);

/** Shared by all requests: a stack trace for each would cost more than the signature check. */
const REFUSALS: Readonly<Record<RefusedReason, CodedError>> = {
  unsigned: unauthenticated('The webhook has no signature, or a malformed one.'),
  'wrong-signature': unauthenticated('The signature of the webhook is invalid.'),
  'too-old': unauthenticated('The webhook was signed more than five minutes ago.'),
  'too-new': unauthenticated('The webhook was signed more than five minutes from now.'),
};
