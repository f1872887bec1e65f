import type { EventsSettings } from '../events/events-settings.ts';
import { type OpenEvents, openEvents, type OpenEventsOptions } from '../events/open-events.ts';
import type { VendorChanges } from '../events/catch-up/vendor-events.ts';
import { VendorCatchUps, type VendorCatchUpsOptions } from '../events/catch-up/vendor-catch-ups.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import { exitWithProblems } from '../gateway/server/run.ts';
import type { Environment } from '../settings/settings.ts';

/** Whether a vendor is to send events to this process. */
export const receivesWebhooks = (environment: Environment): boolean =>
  WEBHOOK_SECRETS.some((name) => (environment[name] ?? '') !== '');

const WEBHOOK_SECRETS = ['STRIPE_WEBHOOK_SECRETS', 'HUBSPOT_CLIENT_SECRETS'];

/** Opens the log of changes. Ends the process where events would not be safe, or the log cannot be used. */
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

/** What catches up with vendors; metrics show it, and caches rely on it. */
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
