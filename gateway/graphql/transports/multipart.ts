import type { StreamFormat } from './stream-format.ts';

/**
 * Apollo's multipart protocol for subscriptions, which Apollo Client, Apollo iOS and Apollo Kotlin read:
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 *
 * A part ends where the next boundary begins, so each boundary is written at once. Otherwise clients would get each part only with the
 * next one.
 */
export const MULTIPART: StreamFormat = {
  transport: 'multipart',
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  begin: '\r\n--graphql',
  next: (payload) => part(`{"payload":${payload}}`),
  // Apollo iOS recognises a heartbeat by exactly this text.
  heartbeat: () => part('{}'),
  end: (errors) =>
    `${errors === undefined ? '' : part(JSON.stringify({ payload: null, errors }))}--\r\n`,
};

const part = (body: string) => `\r\ncontent-type: application/json\r\n\r\n${body}\r\n--graphql`;
