import type {
  SandboxVendor,
  SandboxVendorResponse,
  SandboxVendorRequest,
} from '../sandbox-vendor.ts';
import type { SandboxEvents } from '../events/vendor-events.ts';
import type { World } from '../world/world.ts';
import { seedStore } from './seed/seed.ts';
import { requireKey, requirePermission } from './stripe-auth.ts';
import { createChanges } from './stripe-changes.ts';
import { createStripeEdits, readStripeEdit, type StripeEdits } from './stripe-edits.ts';
import { internal, keyInUse, StripeError, tooMany, wrongVersion } from './stripe-errors.ts';
import { readForm } from './stripe-form.ts';
import { createReplays } from './stripe-idempotency.ts';
import { ACCOUNT_ID, token } from './stripe-ids.ts';
import { createStripeActivity } from './stripe-live.ts';
import { createRateLimit } from './stripe-rate-limit.ts';
import { read } from './stripe-routes.ts';
import { createParamReader } from './stripe-param-reader.ts';
import { createSearchIndex } from './stripe-search.ts';
import type { Store } from './stripe-store.ts';
import { createStripeWebhooks, type StripeWebhooks } from './stripe-webhooks.ts';
import { findWrite } from './stripe-write-routes.ts';

/** The API version of all responses, regardless of the requested one. */
const VERSION = '2026-10-28.endive';

/** Stripe as it is asked by programs, and as people change it on its pages. */
export interface StripeSandboxVendor extends SandboxVendor {
  readonly events: SandboxEvents;
  readonly edit: StripeEdits;
}

export interface StripeSandboxOptions {
  /** Milliseconds. @default the clock of the machine */
  readonly now?: () => number;
  /** Delay until a write is in the search index, in milliseconds. @default a minute, Stripe's maximum in normal operation */
  readonly searchLagMs?: number | undefined;
}

const MAX_SEARCH_LAG_MS = 60_000;

/**
 * Simulates Stripe: `RESOURCES`, `SUBLISTS` and the write routes list its endpoints. The clock is only for rate limits, the search delay and the
 * times of events. Data do not age, and each write is a second after the one before, so that the last write is the newest.
 */
export function createStripeSandboxVendor(
  world: World,
  { now = Date.now, searchLagMs = MAX_SEARCH_LAG_MS }: StripeSandboxOptions = {},
): StripeSandboxVendor {
  const store = seedStore(world);
  const index = createSearchIndex(store, now, searchLagMs);
  const replays = createReplays();
  const rateLimit = createRateLimit(now);
  const webhooks = createStripeWebhooks({ store, now });
  const changes = createChanges({ store, index, now, version: VERSION, onEvents: webhooks.send });
  const edit = createStripeEdits({ store, changes, webhooks });
  let requests = 0;

  function write(request: SandboxVendorRequest, requestId: string): SandboxVendorResponse {
    const { act, template, id } = findWrite(request.method, request.path);
    const carryOut = () => {
      const params = createParamReader(
        readForm([...request.query, ...new URLSearchParams(request.body)]),
      );
      const idempotencyKey = request.headers['idempotency-key'] ?? null;
      const source = { key: requestId, template, requestId, idempotencyKey };
      const body = changes.make(source, (context) => act(params, { ...context, id }));
      return { status: 200, body, wrote: template };
    };
    // https://docs.stripe.com/api/idempotent_requests: DELETE takes no keys, and what fails validation is not kept.
    if (request.method !== 'POST') return carryOut();
    return replays.answer(request, requestId, () =>
      settle(requestId, carryOut, (error) => !error.isValidation),
    );
  }

  function answerKnownCaller(
    credential: string,
    request: SandboxVendorRequest,
    requestId: string,
  ): SandboxVendorResponse {
    const version = request.headers['stripe-version'] ?? VERSION;
    const isRead = request.method === 'GET';
    const answer = settle(requestId, (): SandboxVendorResponse => {
      if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) throw wrongVersion(version);
      requirePermission(credential, request);
      const exceeded =
        sandboxVendor.limits === true ? rateLimit.exceededBy(request.path) : undefined;
      if (exceeded !== undefined) throw tooMany(exceeded);
      webhooks.forgetOld();
      if (isRead)
        return { status: 200, body: read(request.path, readForm(request.query), store, index) };
      return write(request, requestId);
    });
    const key = isRead ? undefined : request.headers['idempotency-key'];
    const headers = { ...(key !== undefined && { 'idempotency-key': key }), ...answer.headers };
    return {
      ...answer,
      headers: { ...headers, 'request-id': requestId, 'stripe-version': version },
    };
  }

  const sandboxVendor: StripeSandboxVendor = {
    vendor: 'stripe',
    limits: false,
    events: toSandboxEvents(webhooks, edit, store),
    edit,
    isWrite: ({ method }) => method !== 'GET',
    answer(request) {
      requests += 1;
      const requestId = `req_${token(`request/${String(requests)}`, 14)}`;
      // A 401 has no other headers, not even the request's id.
      const key = settle(null, () => requireKey(request));
      return typeof key === 'string' ? answerKnownCaller(key, request, requestId) : key;
    },
    overlap(request, underWay) {
      const key = request.headers['idempotency-key'];
      if (request.method !== 'POST' || key === undefined) return null;
      const isInUse = [...underWay].some(
        ({ method, headers }) => method === 'POST' && headers['idempotency-key'] === key,
      );
      return isInUse
        ? settle('req_overlap', () => {
            throw keyInUse(key);
          })
        : null;
    },
    failure: (status) =>
      settle('req_failure', () => {
        throw status === 429 ? tooMany() : internal();
      }),
  };
  return sandboxVendor;
}

function toSandboxEvents(
  { deliveries, deliverTo }: StripeWebhooks,
  edit: StripeEdits,
  store: Store,
): SandboxEvents {
  return {
    get deliveries() {
      return deliveries.fault;
    },
    set deliveries(fault) {
      deliveries.fault = fault;
    },
    deliverTo: (receiver) => {
      deliverTo(receiver?.url);
    },
    settled: () => deliveries.settled(),
    simulateChange: createStripeActivity(store, edit),
    edit: (change) => readStripeEdit(edit, change),
    stop: () => {
      deliveries.stop();
    },
    start: () => {
      deliveries.start();
    },
  };
}

/** Turns a refusal into an answer, where it is to be. Without a request's id there is no log to point at. */
function settle<Answer>(
  requestId: string | null,
  act: () => Answer,
  isAnswered: (error: StripeError) => boolean = () => true,
): Answer | SandboxVendorResponse {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof StripeError) || !isAnswered(error)) throw error;
    const log =
      requestId &&
      `https://dashboard.stripe.example/${ACCOUNT_ID}/test/workbench/logs?object=${requestId}`;
    return { status: error.status, headers: error.headers, body: { error: error.toWire(log) } };
  }
}
