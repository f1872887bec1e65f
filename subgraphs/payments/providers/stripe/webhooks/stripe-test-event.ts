import { randomUUID } from 'node:crypto';
import type { SignedDelivery, TestEvent } from '../../../../../events/catch-up/vendor-events.ts';
import { STRIPE_VERSION } from '../stripe-config.ts';
import { STRIPE_EVENT_TYPES } from './stripe-event-types.ts';
import { signatureOf } from './stripe-signature.ts';

/** Signs a test-mode event whose object has only an id. */
export function signTestEvent({ type, id, secret, now }: TestEvent): SignedDelivery | undefined {
  if (!STRIPE_EVENT_TYPES.includes(type)) return undefined;
  const time = String(Math.floor(now / 1000));
  const body = JSON.stringify({
    id: `evt_test_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: STRIPE_VERSION,
    created: Number(time),
    livemode: false,
    type,
    data: { object: { id } },
  });
  const signature = signatureOf(secret, `${time}.`, body).toString('hex');
  return { body, headers: { 'stripe-signature': `t=${time},v1=${signature}` } };
}
