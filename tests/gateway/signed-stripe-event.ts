import Stripe from 'stripe';

/** An event as Stripe sends it, with the object as it is at that time. */
export const stripeEvent = (id: string, type: string, object: object, over: object = {}) => ({
  id,
  object: 'event',
  api_version: Stripe.API_VERSION,
  type,
  livemode: false,
  created: Math.floor(Date.now() / 1000),
  data: { object },
  ...over,
});

/** A payment has succeeded. */
export const paidEvent = (id: string, paymentId: string, over: object = {}) =>
  stripeEvent(id, 'payment_intent.succeeded', { id: paymentId, customer: 'cus_1' }, over);

export interface StripeDelivery {
  readonly secret: string;
  /** Added to the headers that Stripe sends; wins over them. */
  readonly headers?: Record<string, string>;
  /** @default '/webhooks/stripe' */
  readonly path?: string;
}

/** Posts a signed event as Stripe does. */
export function deliverStripeEvent(
  url: string,
  body: object | string,
  { secret, headers = {}, path = '/webhooks/stripe' }: StripeDelivery,
): Promise<Response> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body, undefined, 2);
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret }),
      ...headers,
    },
    body: payload,
  });
}
