import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  createRedisClient,
  type RedisClient,
  RedisConnection,
} from '../../state/redis-connection.ts';

/** A Redis of the test's own, which keeps nothing on disk unless it is to. */
export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
  /** Starts it again on the same port, with what it has kept on disk. */
  start(): Promise<void>;
  /** Runs commands on a connection of their own. */
  run<T>(commands: (client: RedisClient) => Promise<T>): Promise<T>;
  /** Lets it hang, and go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

export interface RedisServerOptions {
  /** What who connects has to know. @default nothing */
  readonly password?: string;
  /** A folder for its append-only file. @default it has none */
  readonly directory?: string;
  /** Other settings: `['--appendfsync', 'always']`. */
  readonly settings?: readonly string[];
  /** @default redis-server */
  readonly program?: string;
}

export async function startRedis({
  password,
  directory,
  settings: others = [],
  program = 'redis-server',
}: RedisServerOptions = {}): Promise<RedisServer> {
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
      ...(directory === undefined ? ['no'] : ['yes', '--dir', directory]),
      ...lock,
      ...others,
    ];
    const started = spawn(program, settings, { stdio: ['ignore', 'pipe', 'inherit'] });
    server = started;
    const output = started.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false });
    let written = '';
    for await (const text of output) {
      written += String(text);
      // It says so when it takes connections.
      if (!written.includes('Ready to accept connections')) continue;
      started.stdout.resume();
      return;
    }
    throw new Error(
      `Expected ${program} to listen on port ${String(port)}, but it has ended after: ${written}`,
    );
  };
  await start();
  const credential = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const url = `redis://${credential}127.0.0.1:${String(port)}`;
  return {
    url,
    start,
    run: async (commands) => {
      const client = createRedisClient(url);
      await client.connect();
      try {
        return await commands(client);
      } finally {
        client.destroy();
      }
    },
    stop: async () => {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
    signal: (signal) => server?.kill(signal),
  };
}

/** A connection as a process has it. */
export async function openConnection(url: string): Promise<RedisConnection> {
  const connection = new RedisConnection({ url, onChange: () => undefined });
  await connection.open();
  return connection;
}

/**
 * A port that nothing listens on. It is outside of the range from which the system chooses ports, so that no other server and no connection gets it
 * before the caller listens on it, or while its server restarts.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, FIRST_PORT_OF_SYSTEM);
    const probe = createServer();
    try {
      await once(probe.listen(port, '127.0.0.1'), 'listening');
    } catch {
      continue;
    }
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

const FIRST_PORT = 15_000;
/** https://docs.kernel.org/networking/ip-sysctl.html: ip_local_port_range. */
const FIRST_PORT_OF_SYSTEM = 32_768;
