import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver responds; headers beside the status. */
type Reply = readonly [status: number, headers?: Readonly<Record<string, string>>];

/** A small server that takes what vendors send. */
export async function startReceiver() {
  const received: Received[] = [];
  const replies: Reply[] = [];
  let notify: () => void = () => undefined;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { url = '', headers } = incoming;
        received.push({ url, headers, body: Buffer.concat(chunks).toString() });
        outgoing.writeHead(...(replies.shift() ?? ([200] as const))).end();
        notify();
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A TCP server's address is never a string.
  return {
    url: `http://127.0.0.1:${String(port)}`,
    received,
    /** What the next requests get, in order. @default 200 */
    replies,
    /** Resolves once so many have come. */
    async waitFor(count: number): Promise<readonly Received[]> {
      while (received.length < count)
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      return received;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
