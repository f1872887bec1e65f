import { closeFrameOf, frameOf, OPCODE } from './handshake.ts';

const text = '{"type":"ping","payload":{"in":"fragments"}}';
const half = text.length / 2;
const first = frameOf(OPCODE.text, text.slice(0, half), { isFinal: false });
const last = frameOf(OPCODE.continuation, text.slice(half));

/** Frames that a client sends once its connection is acknowledged. */
export const FRAME_CASES: readonly (readonly [name: string, ...frames: Buffer[]])[] = [
  ['a close frame with 1000', closeFrameOf(1000)],
  ['a close frame with a code of applications and a reason', closeFrameOf(4321, 'Bye')],
  ['a close frame without a code', frameOf(OPCODE.close, '')],
  ['a close frame with a code that may not be sent', closeFrameOf(1005)],
  ['a close frame with an undefined code', closeFrameOf(2999)],
  ['a close frame of one byte', frameOf(OPCODE.close, Buffer.from([3]))],
  ['a close frame whose reason is not UTF-8', frameOf(OPCODE.close, Buffer.from([3, 232, 0xff]))],
  ['a message in two fragments', first, last],
  ['a ping between two fragments', first, frameOf(OPCODE.ping, 'between'), last],
  ['a fragment without its rest', first],
  ['a continuation without a beginning', last],
  ['a new message before the last one has ended', first, frameOf(OPCODE.text, '{}')],
  ['a ping without payload', frameOf(OPCODE.ping, '')],
  ['a ping with 125 bytes', frameOf(OPCODE.ping, 'x'.repeat(125))],
  ['a ping with 126 bytes', frameOf(OPCODE.ping, 'x'.repeat(126))],
  ['a ping in fragments', frameOf(OPCODE.ping, 'x', { isFinal: false })],
  ['a pong that answers nothing', frameOf(OPCODE.pong, 'x')],
  ['text that is not UTF-8', frameOf(OPCODE.text, Buffer.from([0xc3, 0x28]))],
  ['a reserved opcode', frameOf(3, 'x')],
  ['a reserved control opcode', frameOf(11, 'x')],
  ['a reserved bit', withFirstByte(frameOf(OPCODE.text, '{}'), 0xc1)],
  ['a frame without a mask', Buffer.from([0x81, 2, 0x7b, 0x7d])],
  ['a message of 64 kB and a byte', frameOf(OPCODE.text, ' '.repeat(64 * 1024 + 1))],
  ['a message that says it has 2^40 bytes', frameOf(OPCODE.text, 'x', { announced: 2 ** 40 })],
  ['a message that says it has 2^60 bytes', frameOf(OPCODE.text, 'x', { announced: 2 ** 60 })],
];

function withFirstByte(frame: Buffer, byte: number): Buffer {
  frame[0] = byte;
  return frame;
}

/** What a client offers as `Sec-WebSocket-Protocol`. */
export const OFFERS: readonly (readonly [name: string, protocols: string | null])[] = [
  ['no subprotocol', null],
  ['graphql-transport-ws', 'graphql-transport-ws'],
  ['graphql-transport-ws first of two', 'graphql-transport-ws, graphql-ws'],
  ['graphql-transport-ws last of three', 'soap,graphql-ws ,  graphql-transport-ws'],
  ['the older subprotocol', 'graphql-ws'],
  ['an unknown subprotocol', 'soap'],
  ['another case of letters', 'GraphQL-Transport-WS'],
  ['a longer name', 'graphql-transport-wss'],
];
