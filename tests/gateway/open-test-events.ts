import { eventsSettings } from '../../events/events-settings.ts';
import { type OpenEvents, openEvents } from '../../events/open-events.ts';
import { openConnection } from '../state/redis-server.ts';

const OPTIONS = { production: false, receivesWebhooks: false, warn: () => undefined };

/** A log of changes that ends with the test. */
export const openEventsInMemory = (): Promise<OpenEvents> =>
  openEvents(eventsSettings.parse({}), OPTIONS);

/** What a process knows of changes by its own connection to Redis, which it closes. Each vendor is healthy. */
export async function openEventsInRedis(url: string): Promise<OpenEvents> {
  const redis = await openConnection(url);
  const events = await openEvents(eventsSettings.parse({}), { ...OPTIONS, redis });
  events.invalidation.trust({ isHealthy: () => true });
  return {
    ...events,
    close: async () => {
      await events.close();
      redis.close();
    },
  };
}
