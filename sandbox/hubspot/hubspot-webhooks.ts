import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Deliveries, type DeliveryPolicy, exponentialBackoff } from '../events/deliveries.ts';
import type { EventReceiver } from '../events/vendor-events.ts';
import type { HubSpotChange } from './hubspot-changes.ts';
import { PORTAL_ID } from './hubspot-ids.ts';

/** The webhooks of an app that is subscribed to all changes: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide */
export interface HubSpotWebhooks {
  readonly deliveries: Deliveries;
  send(changes: readonly HubSpotChange[], source: ChangeSource): void;
  /** Sends at once what was collected. */
  flush(): void;
  readonly deliverTo: (receiver: EventReceiver | undefined) => void;
  /** Gives the app another client secret, which signs from then on. @returns it */
  rollSecret(): string;
  readonly stop: () => void;
}

/** Who made a change: a program, or a person on HubSpot's pages. */
export type ChangeSource = 'INTEGRATION' | 'CRM_UI';

/** Of the app that the sandbox's records were made by. */
const APP_ID = 4169410;

/** Its client secret, until another takes its place. It names the sandbox, so that nothing in production accepts it. */
export const CLIENT_SECRET = 'sandbox5-7e57-4c11-9e27-5ec2e7a0d0c5';

const MOST_RETRIES = 10;

/** "Limits" and "Retries" of the guide: no client error is tried again but 429, which says when. */
const POLICY: DeliveryPolicy = {
  concurrency: 10,
  timeoutMs: 5000,
  retryDelay(attempt, response) {
    if (attempt >= MOST_RETRIES) return null;
    const status = response?.status ?? 0;
    if (status === 429 && response?.retryAfter != null) return response.retryAfter * 1000;
    return status >= 400 && status < 500 && status !== 429 ? null : exponentialBackoff(attempt);
  },
};

/** "A single request can contain up to 100 events." */
const BATCH_SIZE = 100;

/** HubSpot collects what happens at about the same time. */
const COLLECTED_WITHIN_MS = 10;

export function createHubSpotWebhooks(now: () => number): HubSpotWebhooks {
  const deliveries = new Deliveries(POLICY);
  let receiver: EventReceiver | undefined;
  let secret = CLIENT_SECRET;
  let sent = 0;
  let collected: object[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const events = collected;
    collected = [];
    if (receiver === undefined) return;
    const { url, publicUrl = url } = receiver;
    for (let start = 0; start < events.length; start += BATCH_SIZE) {
      const batch = events.slice(start, start + BATCH_SIZE);
      deliveries.send({
        url,
        message: (attempt, isForged) => {
          const body = JSON.stringify(batch.map((event) => ({ ...event, attemptNumber: attempt })));
          const signing = isForged ? randomBytes(16).toString('hex') : secret;
          return { headers: headersOf(publicUrl, body, signing, now()), body };
        },
      });
    }
  }

  return {
    deliveries,
    flush,
    send(changes, changeSource) {
      if (receiver === undefined || changes.length === 0) return;
      sent += 1;
      for (const change of changes)
        // An id of its own is not promised: what was changed together has the same.
        collected.push({
          eventId: 100 + sent,
          subscriptionId: subscriptionIdOf(change),
          portalId: PORTAL_ID,
          appId: APP_ID,
          occurredAt: now(),
          subscriptionType: change.subscriptionType,
          attemptNumber: 0,
          changeSource,
          ...change.fields,
        });
      timer ??= setTimeout(flush, COLLECTED_WITHIN_MS).unref();
    },
    deliverTo(next) {
      flush();
      receiver = next;
    },
    rollSecret() {
      const hash = createHash('sha256').update(secret).digest('hex');
      secret = hash.replace(/^.(.{4})(.{4})(.{4})(.{12}).*$/, 'sandbox5-$1-$2-$3-$4');
      return secret;
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      collected = [];
      deliveries.stop();
    },
  };
}

/** One for each kind of change, and for each property. */
function subscriptionIdOf({ subscriptionType, propertyName = '' }: HubSpotChange): number {
  const hash = createHash('sha256').update(`${subscriptionType}/${propertyName}`).digest();
  return 1_000_000 + (hash.readUInt32LE() % 9_000_000);
}

/** https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation: v3, and v1 for receivers of old. */
function headersOf(url: string, body: string, secret: string, time: number) {
  const timestamp = String(time);
  const source = `POST${url}${body}${timestamp}`;
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebhooksExecutorDaemon-executor',
    'x-hubspot-request-timestamp': timestamp,
    'x-hubspot-signature': createHash('sha256').update(`${secret}${body}`).digest('hex'),
    'x-hubspot-signature-v3': createHmac('sha256', secret).update(source).digest('base64'),
    'x-hubspot-signature-version': 'v1',
  };
}
