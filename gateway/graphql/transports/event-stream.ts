import type { StreamFormat } from './stream-format.ts';

/**
 * Server-sent events in the distinct connections mode of GraphQL over SSE: one response for one operation.
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md,
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export const EVENT_STREAM: StreamFormat = {
  transport: 'sse',
  contentType: 'text/event-stream; charset=utf-8',
  // Firefox and Safari take a response for open once some of its body is here.
  begin: ':\n\n',
  next: (payload, cursor) =>
    `${cursor === undefined ? '' : `id: ${cursor}\n`}event: next\ndata: ${payload}\n\n`,
  // Without data there is no event, but the client's last event id advances all the same: "dispatch the event", step 1.
  heartbeat: (cursor) => `:\nid: ${cursor}\n\n`,
  // The data is empty and still there: without a data line there would be no event.
  end: (errors) =>
    `${errors === undefined ? '' : EVENT_STREAM.next(JSON.stringify({ errors }))}event: complete\ndata: \n\n`,
};
