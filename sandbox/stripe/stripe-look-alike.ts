import type { LookAlike, LookAlikeAnswer, LookAlikeRequest } from '../look-alike.ts';
import type { World } from '../world/world.ts';
import { NOW } from './seed/account.ts';
import { seedStore } from './seed/seed.ts';
import { requireKey } from './stripe-auth.ts';
import { internal, StripeError, tooMany, unknownUrl, wrongVersion } from './stripe-errors.ts';
import { readForm } from './stripe-form.ts';
import { createReplays } from './stripe-idempotency.ts';
import { ACCOUNT_ID, token } from './stripe-ids.ts';
import { createRateLimit } from './stripe-rate-limit.ts';
import { read } from './stripe-routes.ts';
import { WRITES } from './stripe-writes.ts';

/** The version whose shapes are answered, whichever is asked for. */
const VERSION = '2026-03-25.dahlia';

/**
 * Stands in for Stripe: `RESOURCES`, `SUBLISTS` and `WRITES` tell what it offers. The clock serves its limits only: the data stand still,
 * and each write is a second after the one before, so that what is written last is the newest.
 */
export function createStripeLookAlike(world: World, now: () => number = Date.now): LookAlike {
  const store = seedStore(world);
  const replays = createReplays();
  const rateLimit = createRateLimit(now);
  let requests = 0;
  let writes = 0;

  function write(request: LookAlikeRequest, requestId: string): LookAlikeAnswer {
    const act = Object.hasOwn(WRITES, request.path) ? WRITES[request.path] : undefined;
    if (act === undefined) throw unknownUrl(request.method, request.path);
    return replays.answer(request, requestId, () =>
      settle(requestId, () => {
        writes += 1;
        const params = readForm(new URLSearchParams(request.body));
        return { status: 200, body: act(params, { store, key: requestId, now: NOW + writes }), wrote: request.path };
      }),
    );
  }

  function answerKnownCaller(request: LookAlikeRequest, requestId: string): LookAlikeAnswer {
    const version = request.headers['stripe-version'] ?? VERSION;
    const answer = settle(requestId, () => {
      if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) throw wrongVersion(version);
      if (lookAlike.limits === true && !rateLimit.admits(request.method === 'GET' ? 'read' : 'write')) throw tooMany();
      if (request.method === 'POST') return write(request, requestId);
      if (request.method !== 'GET') throw unknownUrl(request.method, request.path);
      return { status: 200, body: read(request.path, readForm(request.query), store) };
    });
    return { ...answer, headers: { ...answer.headers, 'request-id': requestId, 'stripe-version': version } };
  }

  const lookAlike: LookAlike = {
    vendor: 'stripe',
    limits: false,
    isWrite: ({ method }) => method !== 'GET',
    answer(request) {
      requests += 1;
      const requestId = `req_${token(`request/${String(requests)}`, 14)}`;
      // Who is not let in is told nothing else, not even the request's id.
      const refusal = settle(null, () => {
        requireKey(request.headers['authorization']);
        return null;
      });
      return refusal ?? answerKnownCaller(request, requestId);
    },
    failure: (status) =>
      settle('req_failure', () => {
        throw status === 429 ? tooMany() : internal();
      }),
  };
  return lookAlike;
}

/** Turns a refusal into an answer. Without a request's id there is no log to point at. */
function settle<Answer>(requestId: string | null, act: () => Answer): Answer | LookAlikeAnswer {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    const log = requestId && `https://dashboard.stripe.example/${ACCOUNT_ID}/test/workbench/logs?object=${requestId}`;
    return { status: error.status, headers: error.headers, body: { error: error.toWire(log) } };
  }
}
