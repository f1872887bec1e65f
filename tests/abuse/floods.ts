import { connect, type Socket } from 'node:net';

/** Many connections of clients without a credential at once, from several addresses of this machine. */
export interface Flood {
  readonly name: string;
  readonly connections: number;
  /** What each connection sends once it is open, and then whenever the server takes more, until it sends nothing. */
  readonly send: (write: (bytes: string) => void, time: number) => void;
  /** Whether they read what they are answered. */
  readonly reads: boolean;
}

const POST = ['POST /graphql HTTP/1.1', 'host: x', 'content-type: application/json'];

const head = (...lines: readonly string[]) => [...lines, '', ''].join('\r\n');

const MEBIBYTE = 1024 * 1024;

export const FLOODS: readonly Flood[] = [
  { name: 'silent connections', connections: 2000, reads: true, send: () => undefined },
  {
    name: 'bodies that come slowly',
    connections: 2000,
    reads: true,
    send: (write, time) => {
      if (time === 0) write(`${head(...POST, 'content-length: 100000')}{`);
    },
  },
  {
    name: 'refused uploads of 1 MB',
    connections: 2000,
    reads: true,
    send: (write, time) => {
      if (time === 0) write(head(...POST, `content-length: ${String(MEBIBYTE)}`));
      else if (time <= 16) write('x'.repeat(MEBIBYTE / 16));
    },
  },
  {
    name: 'clients that read none of their answers',
    connections: 100,
    reads: false,
    send: (write, time) => {
      if (time < 100) write(head('GET /metrics HTTP/1.1', 'host: x').repeat(30));
    },
  },
];

/** Below what one address may open. */
const ADDRESSES = 16;

export interface RunningFlood {
  /** Resolves once each connection is open, or was refused. */
  readonly begun: Promise<unknown>;
  readonly end: () => void;
}

export function startFlood({ connections, send, reads }: Flood, url: string): RunningFlood {
  const { hostname: host, port } = new URL(url);
  const sockets = Array.from({ length: connections }, (_, index) => {
    const localAddress = `127.0.1.${String(1 + (index % ADDRESSES))}`;
    // Such a client does not end its side when the server does.
    const socket = connect({ host, port: Number(port), localAddress, allowHalfOpen: true });
    if (reads) socket.resume();
    return socket;
  });
  const begun = Promise.all(sockets.map((socket) => untilBegun(socket, send)));
  return {
    begun,
    end: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function untilBegun(socket: Socket, send: Flood['send']): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => {
      resolve();
    });
    socket.once('connect', () => {
      let time = 0;
      const next = () => {
        if (!socket.writable) return;
        const sent: boolean[] = [];
        send((bytes) => sent.push(socket.write(bytes)), time++);
        if (sent.length === 0) return;
        if (sent.includes(false)) socket.once('drain', next);
        else setImmediate(next);
      };
      next();
      resolve();
    });
  });
}
