import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Handshake {
  readonly socket: Socket;
  /** The response to the upgrade, up to its empty line. */
  readonly head: string;
}

/** Opens a WebSocket without a library: it answers no ping, and sends bytes that no library would. */
export async function shakeHands(
  url: string,
  /** What the client offers. Null is no header. */
  protocols: string | null = 'graphql-transport-ws',
): Promise<Handshake> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  // What follows from it is expected by the tests.
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET /graphql HTTP/1.1',
      'host: localhost',
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      ...(protocols === null ? [] : [`sec-websocket-protocol: ${protocols}`]),
      '',
      '',
    ].join('\r\n'),
  );
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    await once(socket, 'readable');
    head += (socket.read() as Buffer | null)?.toString('latin1') ?? '';
  }
  const end = head.indexOf('\r\n\r\n') + 4;
  // Bytes after it are left to the next reader.
  if (end < head.length) socket.unshift(Buffer.from(head.slice(end), 'latin1'));
  return { socket, head: head.slice(0, end) };
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameOptions {
  /** @default true */
  readonly isFinal?: boolean;
  /** The length that the frame says it has. @default its own */
  readonly announced?: number;
}

/** A frame of a client: RFC 6455, section 5.2. Its mask is all zeros. */
export function frameOf(
  opcode: number,
  payload: string | Buffer,
  { isFinal = true, announced }: FrameOptions = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(14);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(announced ?? bytes.length), 2);
  // Control frames have short lengths: section 5.5.
  if (announced === undefined && bytes.length < 126)
    return Buffer.concat([Buffer.from([head[0], 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
  return Buffer.concat([head, bytes]);
}

/** The close frame of a client: RFC 6455, section 5.5.1. */
export const closeFrameOf = (code: number, reason = ''): Buffer =>
  frameOf(
    OPCODE.close,
    Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]),
  );

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** What a server sends on a connection, as it comes. */
export class FrameReader {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #hasEnded = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    });
    socket.once('close', () => {
      this.#hasEnded = true;
    });
  }

  /** Waits for a text, a close frame, or the end of the connection. */
  async through(text: string): Promise<void> {
    while (!this.#hasEnded && !this.#bytes.includes(text) && !this.#isClosing)
      await Promise.race([once(this.#socket, 'data'), once(this.#socket, 'close')]);
  }

  get #isClosing(): boolean {
    return framesIn(this.#bytes).some(({ opcode }) => opcode === OPCODE.close);
  }

  /** @returns all frames, once the server has ended the connection */
  async rest(): Promise<readonly ServerFrame[]> {
    if (!this.#hasEnded) await once(this.#socket, 'close');
    return framesIn(this.#bytes);
  }
}

function framesIn(bytes: Buffer): readonly ServerFrame[] {
  const frames: ServerFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1] ?? 0;
    const begin = at + (short === 127 ? 10 : short === 126 ? 4 : 2);
    const length =
      short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : short;
    const opcode = (bytes[at] ?? 0) & 0x0f;
    frames.push({ opcode, payload: bytes.subarray(begin, begin + length) });
    at = begin + length;
  }
  return frames;
}
