import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A Redis of the test's own, which keeps nothing on disk. */
export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
  /** Lets it hang, and go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

export interface RedisServerOptions {
  /** What who connects has to know. @default nothing */
  readonly password?: string;
}

export async function startRedis({ password }: RedisServerOptions = {}): Promise<RedisServer> {
  const port = await freePort();
  let server: ChildProcess | undefined;
  const start = async () => {
    const lock = password === undefined ? [] : ['--requirepass', password];
    const settings = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      ...lock,
    ];
    const started = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
    server = started;
    // It says so when it takes connections.
    for await (const lines of started.stdout)
      if (String(lines).includes('Ready to accept connections')) break;
    started.stdout.resume();
  };
  await start();
  return {
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${String(port)}`,
    start,
    stop: async () => {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
    signal: (signal) => server?.kill(signal),
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo; // A TCP server's address is never a string.
  probe.close();
  await once(probe, 'close');
  return port;
}
