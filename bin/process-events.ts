import { checkEvents, type EventsProcess, type EventsSettings } from '../events/events-settings.ts';
import { type OpenEvents, openEvents, type OpenEventsOptions } from '../events/open-events.ts';
import type { VendorChanges } from '../events/catch-up/vendor-events.ts';
import { VendorCatchUps, type VendorCatchUpsOptions } from '../events/catch-up/vendor-catch-ups.ts';
import { checkWebhookSecrets, readWebhookSecrets } from '../events/webhooks/webhook-secrets.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import { exitWithProblems } from '../gateway/server/run.ts';
import type { Environment, Problems } from '../settings/settings.ts';
import type { StateSettings } from '../state/open-state.ts';
import { SUBGRAPHS } from './subgraphs.ts';

export interface EventsProcessOptions {
  readonly environment: Environment;
  readonly production: boolean;
  readonly isDistributed: boolean;
  /** Undefined if they are invalid. */
  readonly settings: { readonly state: StateSettings; readonly events: EventsSettings } | undefined;
  readonly problems: Problems;
}

/** Reads the facts about this process that concern events. Adds settings that could lose or forge events to `problems`. */
export function readEventsProcess({
  environment,
  production,
  isDistributed,
  settings,
  problems,
}: EventsProcessOptions): EventsProcess {
  const secrets = readWebhookSecrets(WEBHOOK_SECRETS, environment);
  const eventsProcess = {
    production,
    receivesWebhooks: secrets.size > 0,
    hasRedis: settings?.state.redisUrl !== undefined,
    isDistributed,
  };
  if (production) checkWebhookSecrets(secrets, problems);
  if (settings !== undefined) checkEvents(settings.events, eventsProcess, problems);
  return eventsProcess;
}

const WEBHOOK_SECRETS = SUBGRAPHS.flatMap(({ vendors }) =>
  Object.values(vendors).flatMap(({ webhookSecrets }) => webhookSecrets ?? []),
);

/** Opens the log of changes. Exits the process if events would not be durable, or the log cannot be used. */
export async function openEventsOrExit(
  settings: EventsSettings,
  options: OpenEventsOptions,
): Promise<OpenEvents> {
  try {
    return await openEvents(settings, options);
  } catch (error) {
    exitWithProblems([error instanceof Error ? error.message : String(error)]);
    throw error;
  }
}

export interface CatchUpsOptions extends Pick<
  VendorCatchUpsOptions,
  'keyValues' | 'settings' | 'clock'
> {
  readonly events: OpenEvents;
  readonly monitoring: Pick<Monitoring, 'events'>;
}

/** Connects catch-up to metrics, which show its state, and to caches, which rely on it. */
export function openCatchUps(
  vendors: readonly VendorChanges[],
  { events, monitoring, ...options }: CatchUpsOptions,
): VendorCatchUps {
  const catchUps = new VendorCatchUps({
    ...events,
    ...options,
    vendors,
    monitor: monitoring.events,
  });
  monitoring.events.watch(catchUps);
  events.invalidation.trust(catchUps);
  return catchUps;
}
