import type { EventsSettings } from '../events/events-settings.ts';
import { type OpenEvents, openEvents, type OpenEventsOptions } from '../events/open-events.ts';
import type { VendorChanges } from '../events/feeds/vendor-events.ts';
import { VendorFeeds, type VendorFeedsOptions } from '../events/feeds/vendor-feeds.ts';
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

export interface FeedsOptions extends Pick<VendorFeedsOptions, 'keyValues' | 'settings'> {
  readonly events: OpenEvents;
  readonly monitoring: Pick<Monitoring, 'events'>;
}

/** What catches up with vendors; metrics show it, and caches rely on it. */
export function openFeeds(
  vendors: readonly VendorChanges[],
  { events, monitoring, ...options }: FeedsOptions,
): VendorFeeds {
  const feeds = new VendorFeeds({ ...events, ...options, vendors, monitor: monitoring.events });
  monitoring.events.watch(feeds);
  events.invalidation.trust(feeds);
  return feeds;
}
