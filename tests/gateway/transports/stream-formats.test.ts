import { describe, expect, it } from '@jest/globals';
import { EVENT_STREAM } from '../../../gateway/graphql/transports/event-stream.ts';
import { MULTIPART } from '../../../gateway/graphql/transports/multipart.ts';

const CURSOR = 'log.1-0';
const DRAINING = { message: 'Ends.', extensions: { code: 'SERVER_DRAINING', cursor: CURSOR } };

describe('server-sent events', () => {
  it('have a comment as their heartbeat, with the cursor as the last event id and no event', () => {
    expect(EVENT_STREAM.heartbeat(CURSOR)).toBe(':\nid: log.1-0\n\n');
  });

  it('end with errors in a next event, whose id is where to resume, and complete', () => {
    expect(EVENT_STREAM.end([DRAINING])).toBe(
      `id: log.1-0\nevent: next\ndata: ${JSON.stringify({ errors: [DRAINING] })}\n\nevent: complete\ndata: \n\n`,
    );
    expect(EVENT_STREAM.end()).toBe('event: complete\ndata: \n\n');
  });
});

describe("Apollo's multipart protocol", () => {
  const part = (body: string) => `\r\ncontent-type: application/json\r\n\r\n${body}\r\n--graphql`;

  it('has an empty object as its heartbeat', () => {
    expect(MULTIPART.heartbeat(CURSOR)).toBe(part('{}'));
  });

  it('ends with errors in a part without payload, and the last boundary', () => {
    expect(MULTIPART.end([DRAINING])).toBe(
      `${part(JSON.stringify({ payload: null, errors: [DRAINING] }))}--\r\n`,
    );
    expect(MULTIPART.end()).toBe('--\r\n');
  });
});
