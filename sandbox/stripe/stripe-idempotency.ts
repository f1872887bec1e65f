import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { StripeError } from './stripe-errors.ts';

/** The first response to a key, and its request. */
interface FirstAnswer {
  readonly path: string;
  readonly parameters: string;
  readonly requestId: string;
  readonly answer: SandboxVendorResponse;
}

const LONGEST_KEY = 255;

/** Answers a repeated key as it did at first, failures too: https://docs.stripe.com/api/idempotent_requests */
export function createReplays() {
  const firsts = new Map<string, FirstAnswer>();
  return {
    /** @throws {StripeError} where the key came with another question before. */
    answer(
      request: SandboxVendorRequest,
      requestId: string,
      act: () => SandboxVendorResponse,
    ): SandboxVendorResponse {
      const key = request.headers['idempotency-key'];
      if (key === undefined || key === '') return act();
      if (key.length > LONGEST_KEY)
        throw refusal(`Idempotency keys must be at most ${String(LONGEST_KEY)} characters.`);
      const first = firsts.get(key);
      if (first !== undefined) return replay(first, request, key);
      const answer = act();
      firsts.set(key, { path: request.path, parameters: request.body, requestId, answer });
      const headers = {
        ...answer.headers,
        'idempotency-key': key,
        'original-request': requestId,
        'stripe-should-retry': 'false',
      };
      return { ...answer, headers };
    },
  };
}

function replay(
  first: FirstAnswer,
  request: SandboxVendorRequest,
  key: string,
): SandboxVendorResponse {
  const advice = `Try using a key other than '${key}' if you meant to execute a different request.`;
  if (first.path !== request.path) {
    const places = `('${request.path}' vs '${first.path}')`;
    throw refusal(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ${places}. ${advice}`,
    );
  }
  if (first.parameters !== request.body) {
    throw refusal(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. ${advice}`,
    );
  }
  const headers = {
    'idempotency-key': key,
    'idempotent-replayed': 'true',
    'original-request': first.requestId,
  };
  const { status, body } = first.answer;
  return { status, body, headers: { ...first.answer.headers, ...headers } };
}

const refusal = (message: string) => new StripeError(400, { type: 'idempotency_error', message });
