import { describe, expect, it } from '@jest/globals';
import { acceptedStream } from '../../../gateway/graphql/transports/accepted-transport.ts';

const SSE = { transport: 'sse', isPreferredToJson: true };
const MULTIPART = { transport: 'multipart', isPreferredToJson: true };
const MULTIPART_OR_JSON = { transport: 'multipart', isPreferredToJson: false };

describe('the stream that a client accepts', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['*/*', undefined],
    ['text/*', undefined],
    ['application/json', undefined],
    ['multipart/mixed', undefined],
    ['multipart/mixed;deferSpec=20220824', undefined],
    ['multipart/mixed;subscriptionSpec=2.0', undefined],
    ['text/event-stream', SSE],
    ['Text/Event-Stream; charset=utf-8', SSE],
    ['text/event-stream;q=0', undefined],
    ['text/event-stream, */*;q=0.1', SSE],
    ['application/json, text/event-stream', { ...SSE, isPreferredToJson: false }],
    ['application/json;q=0.5, text/event-stream', SSE],
    ['application/json, text/event-stream;q=0.9', { ...SSE, isPreferredToJson: false }],
    ['multipart/mixed;subscriptionSpec=1.0', MULTIPART],
    ['multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"', MULTIPART],
    [
      'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9',
      MULTIPART_OR_JSON,
    ],
    ['multipart/mixed;subscriptionSpec=1.0, text/event-stream', MULTIPART],
    ['multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream', SSE],
    [
      'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
      { ...SSE, isPreferredToJson: false },
    ],
  ])('of %j is %j', (accept, expected) => {
    expect(acceptedStream(accept)).toEqual(expected);
  });
});
