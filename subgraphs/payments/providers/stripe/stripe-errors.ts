import { BadUserInput, CodedError } from '../../../../errors/coded-error.ts';
import type { UpstreamAnswer } from '../../../../upstream/vendor-answer.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import { errorSchema } from './stripe-wire.ts';

/** The record that a request names, in its path or as a filter, does not exist. */
export class MissingRecord extends CodedError {
  override readonly name = 'MissingRecord';

  constructor() {
    super('UPSTREAM_REJECTED', 'The payment processor has no such record.', { service: 'payments' });
  }
}

/**
 * https://docs.stripe.com/error-codes#resource-missing: 404 for a record in the path, 400 for one in a parameter. What else
 * can go wrong is told by the status: https://docs.stripe.com/api/errors
 */
export function explainStripeError({ status, body }: UpstreamAnswer): CodedError | undefined {
  if (status !== 400 && status !== 404) return undefined;
  const error = safeParseWire(errorSchema, body).data?.error;
  if (error?.code !== 'resource_missing') return undefined;
  if (error.param !== 'starting_after') return new MissingRecord();
  return new BadUserInput(
    'after must be the cursor of a record that still exists, but that one is gone. Read the list from its beginning.',
  );
}
