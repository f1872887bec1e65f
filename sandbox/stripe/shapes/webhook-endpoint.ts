import { token } from '../stripe-ids.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';

export interface WebhookEndpointFacts {
  readonly id: string;
  readonly created: number;
  readonly url: string;
  /** `*` for all. */
  readonly enabledEvents: readonly string[];
  readonly apiVersion: string | null;
  readonly description: string | null;
  readonly metadata: JsonObject;
  /** `thin`: without the object, and named `v1.customer.created`. */
  readonly payload: 'snapshot' | 'thin';
}

/** No recording of an endpoint exists: https://docs.stripe.com/api/webhook_endpoints/object and the official client's types. */
export const toWebhookEndpoint = (facts: WebhookEndpointFacts): WireObject => ({
  id: facts.id,
  object: 'webhook_endpoint',
  api_version: facts.apiVersion,
  application: null,
  created: facts.created,
  description: facts.description,
  enabled_events: facts.enabledEvents,
  event_payload: facts.payload,
  livemode: false,
  metadata: facts.metadata,
  status: 'enabled',
  url: facts.url,
});

/** What an endpoint's events are signed with, until another secret takes its place. It names the sandbox, so that nothing in production accepts it. */
export const signingSecret = (endpointId: string) => toSigningSecret(`secret/${endpointId}`);

/** A secret in Stripe's form. */
export const toSigningSecret = (seed: string) => `whsec_sandbox${token(seed, 25)}`;
