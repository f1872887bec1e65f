import type { LookAlike, LookAlikeAnswer, LookAlikeRequest } from '../look-alike.ts';
import type { World } from '../world/world.ts';
import { requireKey } from './auth.ts';
import { StripeError, unknownUrl, wrongVersion } from './errors.ts';
import { readForm } from './form.ts';
import { type FirstAnswer, findFirstAnswer } from './idempotency.ts';
import { ACCOUNT_ID, token } from './ids.ts';
import { read } from './routes.ts';
import { NOW } from './seed/account.ts';
import { seedStore } from './seed/seed.ts';
import { WRITES } from './writes.ts';

/** The version whose shapes are answered, whichever is asked for. */
const VERSION = '2026-03-25.dahlia';

/** Stands in for Stripe: a look at `RESOURCES` and `WRITES` tells what it offers. */
export function createStripe(world: World): LookAlike {
  const store = seedStore(world);
  const firstAnswers = new Map<string, FirstAnswer>();
  let requests = 0;

  /** Time passes by a second with each write, so that what is written last is the newest. */
  let writes = 0;

  function write(request: LookAlikeRequest, requestId: string): LookAlikeAnswer {
    const act = Object.hasOwn(WRITES, request.path) ? WRITES[request.path] : undefined;
    if (act === undefined) throw unknownUrl(request.method, request.path);
    const key = request.headers['idempotency-key'] ?? '';
    const first = key === '' ? undefined : findFirstAnswer(firstAnswers, key, { path: request.path, parameters: request.body });
    if (first !== undefined) {
      const headers = { 'idempotency-key': key, 'idempotent-replayed': 'true', 'original-request': first.requestId };
      return { status: first.status, headers, body: first.body };
    }
    const answer = settle(requestId, () => {
      writes += 1;
      return { status: 200, body: act(readForm(new URLSearchParams(request.body)), { store, key: requestId, now: NOW + writes }) };
    });
    if (key === '') return answer;
    firstAnswers.set(key, { path: request.path, parameters: request.body, requestId, status: answer.status, body: answer.body });
    return {
      ...answer,
      headers: { ...answer.headers, 'idempotency-key': key, 'original-request': requestId, 'stripe-should-retry': 'false' },
    };
  }

  return {
    vendor: 'stripe',
    answer(request) {
      requests += 1;
      const requestId = `req_${token(`request/${String(requests)}`, 14)}`;
      const unauthorized = settle(null, () => {
        requireKey(request.headers['authorization']);
        return { status: 200 };
      });
      if (unauthorized.status !== 200) return unauthorized;
      const version = request.headers['stripe-version'] ?? VERSION;
      const answer = settle(requestId, () => {
        if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) throw wrongVersion(version);
        if (request.method === 'POST') return write(request, requestId);
        if (request.method !== 'GET') throw unknownUrl(request.method, request.path);
        return { status: 200, body: read(request.path, readForm(request.query), store) };
      });
      return { ...answer, headers: { ...answer.headers, 'request-id': requestId, 'stripe-version': version } };
    },
  };
}

/** Turns a refusal into an answer. Requests without an id are those that were not let in. */
function settle(requestId: string | null, act: () => LookAlikeAnswer): LookAlikeAnswer {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    const log = requestId && `https://dashboard.stripe.example/${ACCOUNT_ID}/test/workbench/logs?object=${requestId}`;
    return { status: error.status, headers: error.headers, body: { error: error.toWire(log) } };
  }
}
