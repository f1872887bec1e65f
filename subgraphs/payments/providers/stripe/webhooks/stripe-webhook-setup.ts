import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { WebhookSetup } from '../../../../../events/catch-up/vendor-events.ts';
import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import type { UpstreamRequest } from '../../../../../upstream/upstream-request.ts';
import { parseWire, wireList } from '../../../../../upstream/wire.ts';
import { MAX_PAGE_SIZE } from '../stripe-capabilities.ts';
import { STRIPE_VERSION } from '../stripe-config.ts';
import { STRIPE_EVENT_TYPES } from './stripe-event-types.ts';

/**
 * Creates the endpoint for a URL, or updates an existing one, with the events that this graph uses.
 * @throws CodedError
 */
export async function setUpEndpoint(
  url: string,
  client: UpstreamClient,
  scope: RequestScope,
): Promise<WebhookSetup> {
  const existing = await findEndpoint(url, client, scope);
  const { id, secret } = await client.send(
    existing === undefined ? createEndpoint(url) : updateEndpoint(existing),
    scope,
  );
  const events = `${String(STRIPE_EVENT_TYPES.length)} types of events`;
  return {
    secretName: SECRET_NAME,
    ...(secret != null && { secret }),
    lines: [
      existing === undefined
        ? `Stripe's endpoint ${id} is created: it sends ${events} to ${url}.`
        : `Stripe's endpoint ${id} already existed: it now sends ${events} to ${url}.`,
      `Set ${SECRET_NAME} to its signing secret, which Stripe's dashboard shows too (Workbench > Webhooks), and restart the process.`,
    ],
  };
}

const SECRET_NAME = 'STRIPE_WEBHOOK_SECRETS';

const endpoint = z.object({ id: z.string(), url: z.string(), secret: z.string().nullish() });
type Endpoint = z.output<typeof endpoint>;

const endpointPage = z.object({ data: wireList(endpoint), has_more: z.boolean() });

async function findEndpoint(
  url: string,
  client: UpstreamClient,
  scope: RequestScope,
): Promise<string | undefined> {
  let after: string | undefined;
  do {
    const page = await client.send(listEndpoints(after), scope);
    const found = page.data.find((one) => one.url === url);
    if (found !== undefined) return found.id;
    after = page.has_more ? page.data.at(-1)?.id : undefined;
  } while (after !== undefined);
  return undefined;
}

/** https://docs.stripe.com/api/webhook_endpoints/list */
const listEndpoints = (
  after: string | undefined,
): UpstreamRequest<z.output<typeof endpointPage>> => ({
  method: 'GET',
  path: '/v1/webhook_endpoints',
  query: { limit: MAX_PAGE_SIZE, starting_after: after },
  read: (body) => parseWire(endpointPage, body),
});

/** https://docs.stripe.com/api/webhook_endpoints/create. Its events have the API version of this adapter. */
const createEndpoint = (url: string): UpstreamRequest<Endpoint> => ({
  method: 'POST',
  semantics: 'idempotent',
  path: '/v1/webhook_endpoints',
  // Unique in each run: otherwise Stripe would return the endpoint of an earlier run, which may have been deleted.
  headers: { 'idempotency-key': `tributary-webhooks-${randomUUID()}` },
  form: {
    url,
    description: 'Tributary',
    api_version: STRIPE_VERSION,
    'enabled_events[]': STRIPE_EVENT_TYPES,
  },
  read: (body) => parseWire(endpoint, body),
});

/** https://docs.stripe.com/api/webhook_endpoints/update. Its version is unchanged: all versions contain the ids. */
const updateEndpoint = (id: string): UpstreamRequest<Endpoint> => ({
  method: 'POST',
  semantics: 'idempotent',
  path: '/v1/webhook_endpoints/{id}',
  params: { id },
  form: { disabled: 'false', 'enabled_events[]': STRIPE_EVENT_TYPES },
  read: (body) => parseWire(endpoint, body),
});
