import { describe, expect, it } from '@jest/globals';
import { oldestCursor } from '../../../gateway/graphql/transports/oldest-cursor.ts';
import { SocketOperation } from '../../../gateway/graphql/transports/socket-operation.ts';

describe('the cursor of a ping, from which all streams of a WebSocket can resume', () => {
  it.each([
    [['log.2-0', 'log.1-5', 'log.10-0'], 'log.1-5'],
    [['log.1-10', 'log.1-9'], 'log.1-9'],
    [['log.1-0'], 'log.1-0'],
  ])('of streams at %j is %s', (cursors, oldest) => {
    expect(oldestCursor(cursors)).toBe(oldest);
  });

  it('is absent if the streams are in different logs, because one of them will lose changes', () => {
    expect(oldestCursor(['new.0-0', 'old.5-0'])).toBeUndefined();
    expect(oldestCursor(['old.5-0', 'new.9-0', 'old.7-0'])).toBeUndefined();
  });

  it('counts a stream that is being opened, at the cursor that it resumes from', () => {
    const cursorOf = (resumeFrom: unknown) => new SocketOperation('1', SOCKET, resumeFrom).cursor;
    expect(cursorOf('log.1-0')).toBe('log.1-0');
    expect([undefined, null, 5, 'yesterday'].map(cursorOf)).toEqual(Array(4).fill(undefined));
  });
});

const SOCKET = {
  isFull: false,
  send: () => undefined,
  heartbeat: () => undefined,
  removeOperation: () => undefined,
};
