import type { JsonObject, WireObject } from '../stripe-json.ts';

/** A bank's decline code: https://docs.stripe.com/declines/codes */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly networkCode: string;
  readonly message: string;
}

export const DECLINES: readonly [Decline, ...Decline[]] = [
  {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    networkCode: '51',
    message: 'Your card has insufficient funds.',
  },
  {
    code: 'card_declined',
    declineCode: 'generic_decline',
    networkCode: '05',
    message: 'Your card was declined.',
  },
  {
    code: 'card_declined',
    declineCode: 'lost_card',
    networkCode: '41',
    message: 'Your card was declined.',
  },
  {
    code: 'expired_card',
    declineCode: 'expired_card',
    networkCode: '54',
    message: 'Your card has expired.',
  },
];

/** What a payment intent says of its latest failed attempt. */
export function toLastError(
  { code, declineCode, networkCode, message }: Decline,
  charge: string,
  method: WireObject,
): JsonObject {
  return {
    advice_code: 'try_again_later',
    charge,
    code,
    decline_code: declineCode,
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
    message,
    network_decline_code: networkCode,
    payment_method: method,
    type: 'card_error',
  };
}
