import { signingSecret, toWebhookEndpoint } from '../shapes/webhook-endpoint.ts';
import { missingParameter } from '../stripe-errors.ts';
import { longId } from '../stripe-ids.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { findInPath, save, mergedMetadata, type Write } from '../stripe-write-context.ts';
import { tooManyEndpoints, wrongEndpointUrl, wrongEventType } from '../stripe-write-errors.ts';

/** https://docs.stripe.com/webhooks#register-webhook */
const MOST_ENDPOINTS = 16;

/** `POST /v1/webhook_endpoints`: the secret is in this answer alone. */
export const createWebhookEndpoint: Write = (params, context) => {
  params.refuseUnknown([
    'api_version',
    'connect',
    'description',
    'enabled_events',
    'expand',
    'metadata',
    'url',
  ]);
  const url = readUrl(params) ?? params.requiredText('url');
  const enabledEvents = readEventTypes(params);
  if (enabledEvents.length === 0) throw missingParameter('enabled_events');
  if (context.store.all('webhook_endpoint').length >= MOST_ENDPOINTS)
    throw tooManyEndpoints(MOST_ENDPOINTS);
  const endpoint = toWebhookEndpoint({
    id: longId('we', context.key),
    created: context.now,
    url,
    enabledEvents,
    apiVersion: params.text('api_version'),
    description: params.text('description'),
    metadata: params.metadata(),
    payload: 'snapshot',
  });
  return { ...save(params, context, endpoint), secret: signingSecret(endpoint.id) };
};

/** `POST /v1/webhook_endpoints/{id}` */
export const updateWebhookEndpoint: Write = (params, context) => {
  params.refuseUnknown(['description', 'disabled', 'enabled_events', 'expand', 'metadata', 'url']);
  const disabled = params.boolean('disabled');
  const url = readUrl(params);
  const enabledEvents = readEventTypes(params);
  const endpoint = findInPath('webhook_endpoint', 'webhook_endpoint', context);
  const after: WireObject = {
    ...endpoint,
    ...(params.has('description') && { description: params.text('description') }),
    ...(disabled !== null && { status: disabled ? 'disabled' : 'enabled' }),
    ...(enabledEvents.length > 0 && { enabled_events: enabledEvents }),
    ...(url !== null && { url }),
    metadata: mergedMetadata(endpoint, params),
  };
  return save(params, context, after);
};

/** `DELETE /v1/webhook_endpoints/{id}` */
export const deleteWebhookEndpoint: Write = (params, context): JsonObject => {
  params.refuseUnknown([]);
  const endpoint = findInPath('webhook_endpoint', 'webhook_endpoint', context);
  context.store.remove(endpoint);
  return { id: endpoint.id, object: 'webhook_endpoint', deleted: true };
};

/** Of a test account, `http` will do. */
function readUrl(params: ParamReader): string | null {
  const url = params.text('url');
  if (url !== null && !(/^https?:\/\//.test(url) && URL.canParse(url))) throw wrongEndpointUrl();
  return url;
}

function readEventTypes(params: ParamReader): readonly string[] {
  const types = params.texts('enabled_events');
  for (const [index, type] of types.entries())
    if (type !== '*' && !/^[a-z_]+(?:\.[a-z_]+)+$/.test(type))
      throw wrongEventType(type, `enabled_events[${String(index)}]`);
  return types;
}
