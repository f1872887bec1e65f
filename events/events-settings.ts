import { z } from 'zod';
import type { Problems } from '../settings/settings.ts';
import { durationBetween, oneOf } from '../settings/values.ts';

export interface EventsSettings {
  /** The log of a process without Redis; undefined: in memory. */
  readonly file: string | undefined;
  readonly sync: EventsSync;
  /** How long a stream can be resumed; milliseconds. */
  readonly retentionMs: number;
}

/**
 * How Redis makes events durable before they are acknowledged. `always`: its configuration syncs the append-only file at each write.
 * `aof`: this server waits for the sync of each group of events (`WAITAOF`, Redis 7.2 and later).
 */
export type EventsSync = (typeof EVENTS_SYNCS)[number];

const EVENTS_SYNCS = ['always', 'aof'] as const;

export const eventsSettings = z
  .object({
    EVENTS_FILE: z.string().optional(),
    EVENTS_SYNC: oneOf(EVENTS_SYNCS).default('always'),
    // At least what the marks of caches are rebuilt from at start.
    EVENTS_RETENTION: durationBetween('15m', '168h').default(24 * 3600),
  })
  .transform(({ EVENTS_FILE, EVENTS_SYNC, EVENTS_RETENTION }): EventsSettings => ({
    file: EVENTS_FILE,
    sync: EVENTS_SYNC,
    retentionMs: EVENTS_RETENTION * 1000,
  }));

/** The facts about a process that decide where its events must be. */
export interface EventsProcess {
  readonly production: boolean;
  /** Whether it receives webhooks: a secret of one is set. */
  readonly receivesWebhooks: boolean;
  readonly hasRedis: boolean;
  /** Whether processes need each other's events: the subgraphs run as services. */
  readonly isDistributed: boolean;
}

/** Adds to `problems` if events could be lost, or not reach their readers. */
export function checkEvents(
  { file }: EventsSettings,
  { production, receivesWebhooks, hasRedis, isDistributed }: EventsProcess,
  problems: Problems,
): void {
  if (hasRedis) return;
  if (isDistributed && file !== undefined)
    problems.push(
      'EVENTS_FILE is for one process: set REDIS_URL instead if the subgraphs run as services.',
    );
  if (!receivesWebhooks) return;
  if (isDistributed)
    problems.push(
      'REDIS_URL must be set if subgraph services receive webhooks: the gateway reads their events there.',
    );
  else if (production && file === undefined)
    problems.push(
      'REDIS_URL or EVENTS_FILE must be set in production if webhooks are received: an event must survive a restart before its vendor gets 200.',
    );
}

/** Whether streams can be served: the gateway gets events of services only through Redis. */
export const hasStreams = ({ hasRedis, isDistributed }: EventsProcess): boolean =>
  hasRedis || !isDistributed;
