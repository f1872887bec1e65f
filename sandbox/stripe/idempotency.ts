import { StripeError } from './errors.ts';

/** The first answer to a key, and what was asked for with it. */
export interface FirstAnswer {
  readonly path: string;
  readonly parameters: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: unknown;
}

const LONGEST_KEY = 255;

/**
 * What was answered before under this key; undefined for a new one. The same key with another question is refused, as
 * https://docs.stripe.com/api/idempotent_requests says.
 */
export function findFirstAnswer(
  answers: ReadonlyMap<string, FirstAnswer>,
  key: string,
  asked: Pick<FirstAnswer, 'parameters' | 'path'>,
): FirstAnswer | undefined {
  if (key.length > LONGEST_KEY) {
    throw new StripeError(400, {
      type: 'idempotency_error',
      message: `Idempotency keys must be at most ${String(LONGEST_KEY)} characters.`,
    });
  }
  const first = answers.get(key);
  if (first === undefined) return undefined;
  const advice = `Try using a key other than '${key}' if you meant to execute a different request.`;
  if (first.path !== asked.path) {
    const message = `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${asked.path}' vs '${first.path}'). ${advice}`;
    throw new StripeError(400, { type: 'idempotency_error', message });
  }
  if (first.parameters !== asked.parameters) {
    const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. ${advice}`;
    throw new StripeError(400, { type: 'idempotency_error', message });
  }
  return first;
}
