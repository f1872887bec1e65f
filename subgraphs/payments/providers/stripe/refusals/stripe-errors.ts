import type { z } from 'zod';
import { CodedError } from '../../../../../errors/coded-error.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { UpstreamResponse } from '../../../../../upstream/vendor-response.ts';
import { safeParseWire } from '../../../../../upstream/wire.ts';
import { positionRefused } from '../../../../paging/connection.ts';
import { errorSchema } from '../stripe-wire.ts';
import { PAYMENTS } from '../../../service.ts';

/** Stripe refused a request, with a reason. Its text never leaves this folder. */
export class StripeRefusal extends CodedError {
  override readonly name = 'StripeRefusal';
  readonly reason: z.output<typeof errorSchema>['error'];

  constructor(reason: StripeRefusal['reason']) {
    const did = reason.code === MISSING ? 'has no such record' : 'refused the request as invalid';
    super('UPSTREAM_REJECTED', `The payment processor ${did}.`, { service: PAYMENTS.name });
    this.reason = reason;
  }

  /** Whether a record in the request's path or parameters does not exist. */
  get isMissing(): boolean {
    return this.reason.code === MISSING;
  }
}

const MISSING = 'resource_missing';

/**
 * https://docs.stripe.com/error-codes#resource-missing: 404 for a record in the path, 400 for one in a parameter. For other
 * failures the status decides: https://docs.stripe.com/api/errors
 */
export function explainStripeError({
  status,
  headers,
  body,
}: UpstreamResponse): CodedError | undefined {
  if (!EXPLAINED.has(status)) return undefined;
  const error = safeParseWire(errorSchema, body).data?.error;
  if (error === undefined) return undefined;
  // Another call with the key is running: https://docs.stripe.com/error-low-level#idempotency
  if (error.code === 'idempotency_key_in_use')
    return new UpstreamError('UPSTREAM_UNAVAILABLE', PAYMENTS, { status, isOutcomeUnknown: true });
  if (
    headers['stripe-should-retry'] === 'true' ||
    status === 409 ||
    (status === 404 && error.code !== MISSING)
  )
    return undefined;
  if (error.code !== MISSING || error.param !== 'starting_after') return new StripeRefusal(error);
  return positionRefused('RECORD_GONE');
}

const EXPLAINED = new Set([400, 402, 404, 409]);
