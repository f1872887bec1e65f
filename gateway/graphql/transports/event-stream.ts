import type { GraphQLFormattedError } from 'graphql';
import type { StreamFormat } from './stream-format.ts';

/**
 * Server-sent events in the distinct connections mode of GraphQL over SSE: one response for one operation.
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md,
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export const EVENT_STREAM: StreamFormat = {
  transport: 'sse',
  contentType: 'text/event-stream; charset=utf-8',
  // Firefox and Safari open a stream only when some of the body has arrived.
  begin: ':\n\n',
  next: (payload, cursor) =>
    `${cursor === undefined ? '' : `id: ${cursor}\n`}event: next\ndata: ${payload}\n\n`,
  // Without data there is no event, but the client's last event id advances: "dispatch the event", step 1.
  heartbeat: (cursor) => `:\nid: ${cursor}\n\n`,
  // The data is empty, but without a data line there would be no event.
  end: (errors) =>
    `${errors === undefined ? '' : EVENT_STREAM.next(JSON.stringify({ errors }), cursorIn(errors))}event: complete\ndata: \n\n`,
};

/** Errors that end a stream have the cursor to resume from. */
function cursorIn([error]: readonly GraphQLFormattedError[]): string | undefined {
  const cursor = error?.extensions?.['cursor'];
  return typeof cursor === 'string' ? cursor : undefined;
}
