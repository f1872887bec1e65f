import { createHmac } from 'node:crypto';

export const WEBHOOK_SECRET = 'whsec_known_to_the_benchmark';

let sent = 0;

/** A signed event about a payment, as Stripe sends it. Each is new. */
export function paymentEvent(paymentId: string): {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  sent += 1;
  const created = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({
    id: `evt_${String(created)}_${String(sent)}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'payment_intent.succeeded',
    data: { object: { id: paymentId, object: 'payment_intent', customer: null, created } },
  });
  const signature = createHmac('sha256', WEBHOOK_SECRET)
    .update(`${String(created)}.${body}`)
    .digest('hex');
  return {
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${String(created)},v1=${signature}`,
    },
  };
}
