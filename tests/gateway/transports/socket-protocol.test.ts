import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { FRAME_CASES, OFFERS } from './frame-cases.ts';
import {
  closeFrameOf,
  frameOf,
  OPCODE,
  FrameReader,
  type ServerFrame,
  shakeHands,
} from './handshake.ts';
import { RawSocket } from './raw-socket.ts';
import { type ReferenceServer, startReferenceServer } from './reference-server.ts';
import {
  CASES,
  MESSAGE,
  type SocketCase,
  type Transcript,
  withoutWording,
} from './socket-cases.ts';

let gateway: TestGateway;
let reference: ReferenceServer;
beforeAll(async () => {
  // The server of graphql-ws writes there what clients do wrong.
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  [gateway, reference] = await Promise.all([startTestGateway(), startReferenceServer()]);
});
afterAll(async () => {
  await gateway.close();
  await reference.close();
});

/** @returns the messages of a server, and whether and how it closes the socket */
async function transcribe(url: string, { steps, isReady = true }: SocketCase): Promise<Transcript> {
  const socket = isReady ? await RawSocket.ready(url) : await RawSocket.open(url);
  const transcript: unknown[] = [];
  try {
    for (const step of steps) {
      if (step === MESSAGE) transcript.push(withoutWording(await socket.next()));
      else if (Buffer.isBuffer(step)) socket.socket.send(step);
      else socket.send(step);
    }
    // A socket that is to stay open answers; one that waits for connection_init has to close.
    if (steps.length > 0) socket.send(LAST);
    for (;;) {
      const message = await socket.next();
      if (message['type'] === 'pong' && Object.hasOwn(message['payload'] ?? {}, 'isLast')) break;
      transcript.push(withoutWording(message));
    }
    transcript.push('is open');
  } catch {
    const [code, reason] = await socket.closed;
    // Which sentence says what is wrong with a message is up to the server.
    transcript.push(code, code === 4400 ? typeof reason : reason);
  }
  socket.socket.terminate();
  return transcript;
}

const LAST = { type: 'ping', payload: { isLast: true } };

/** @returns the subprotocol that a server agrees to, its frames, and nothing of how it words a reason */
async function exchange(
  url: string,
  protocols: string | null | undefined,
  frames: readonly Buffer[],
) {
  const { socket, head } = await shakeHands(url, protocols);
  const agreed = /^sec-websocket-protocol: (.*)\r$/im.exec(head)?.[1];
  const reader = new FrameReader(socket);
  socket.write(INIT);
  await reader.through('connection_ack');
  for (const frame of frames) socket.write(frame);
  socket.write(frameOf(OPCODE.ping, LAST_BYTES));
  await reader.through(LAST_BYTES);
  socket.write(closeFrameOf(1000));
  const answers = (await reader.rest()).map(describeFrame);
  // It may come before or behind what was sent before it.
  return [agreed, ...answers.filter(([, text]) => text !== LAST_BYTES)];
}

const LAST_BYTES = 'the last bytes';

function describeFrame({ opcode, payload }: ServerFrame): readonly unknown[] {
  if (opcode !== OPCODE.close) return [opcode, payload.toString()];
  return payload.length === 0
    ? [opcode]
    : [opcode, payload.readUInt16BE(0), payload.subarray(2).toString()];
}

const INIT = frameOf(OPCODE.text, '{"type":"connection_init"}');

const both = <T>(use: (url: string) => Promise<T>) =>
  Promise.all([use(gateway.url), use(reference.url)]);

describe('as the server of graphql-ws does, the gateway answers', () => {
  it.each(CASES.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const [ours, theirs] = await both((url) => transcribe(url, one));
    expect(ours).toEqual(theirs);
  });

  it.each(FRAME_CASES)('%s', async (_name, ...frames) => {
    const [ours, theirs] = await both((url) => exchange(url, undefined, frames));
    expect(ours).toEqual(theirs);
  });

  it.each(OFFERS)('a client that offers %s', async (_name, protocols) => {
    const [ours, theirs] = await both((url) => exchange(url, protocols, []));
    expect(ours).toEqual(theirs);
  });
});
