import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable, NotStored } from '../../../../events/log/change-log.ts';
import { ORIGIN } from '../../../../events/log/position.ts';
import type { RedisLog, RedisLogOptions } from '../../../../events/log/redis/redis-log.ts';
import {
  type RedisServer,
  type RedisServerOptions,
  startRedis,
} from '../../../state/redis-server.ts';
import { changeOf, eventOf } from '../../changes.ts';
import { openRedisLog, temporaryFolder } from '../logs.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  closing.push(() => server.stop());
  return server;
}

/** Redis with an append-only file. */
async function startWithFile(
  settings: readonly string[],
  options: RedisServerOptions = {},
): Promise<RedisServer> {
  const directory = await temporaryFolder();
  closing.push(() => rm(directory, { recursive: true }));
  return start({ ...options, directory, settings });
}

async function open(
  server: Pick<RedisServer, 'url'>,
  options: Partial<RedisLogOptions> = {},
): Promise<RedisLog> {
  const log = await openRedisLog(server, options);
  closing.push(() => log.close());
  return log;
}

const ids = async (log: RedisLog) =>
  (await log.read(ORIGIN, 1000)).entries.map(({ change }) => change.id);

/** Retries until it succeeds: Redis reconnects after a while. */
async function untilDone<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch {
      await new Promise(setImmediate);
    }
  }
}

const ALWAYS = ['--appendfsync', 'always'];
const EVERY_SECOND = ['--appendfsync', 'everysec'];

describe('a log in Redis that must not lose what it acknowledges, with EVENTS_SYNC=always', () => {
  it('stores an event if Redis syncs at each write', async () => {
    const log = await open(await startWithFile(ALWAYS), { mustSync: true });
    expect(await log.whyUnsafe()).toBeUndefined();
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
  });

  it.each([
    [
      'has no append-only file',
      undefined,
      [],
      'appendonly must be yes, appendfsync must be always',
    ],
    ['syncs every second', 'file', EVERY_SECOND, 'appendfsync must be always'],
    [
      'does not sync while it rewrites its file',
      'file',
      [...ALWAYS, '--no-appendfsync-on-rewrite', 'yes'],
      'no-appendfsync-on-rewrite must be no',
    ],
  ])('refuses an event if Redis %s, with the reason', async (_what, file, settings, why) => {
    const server = await (file === undefined ? start({ settings }) : startWithFile(settings));
    const log = await open(server, { mustSync: true });
    expect(await log.whyUnsafe()).toContain(why);
    await expect(log.append([eventOf('one')])).rejects.toThrow(NotStored);
    await expect(log.append([eventOf('two')])).rejects.toThrow(why);
  });

  it('refuses an event if Redis evicts any key at its memory limit, with the reason', async () => {
    const limited = [...ALWAYS, '--maxmemory', '100mb', '--maxmemory-policy'];
    const log = await open(await startWithFile([...limited, 'allkeys-lru']), { mustSync: true });
    const why =
      'Redis can evict events that it has stored: maxmemory-policy must be noeviction in its configuration, but is allkeys-lru.';
    expect(await log.whyUnsafe()).toBe(why);
    await expect(log.append([eventOf('one')])).rejects.toThrow(why);
  });

  it.each([
    ['evicts nothing', ['--maxmemory', '100mb', '--maxmemory-policy', 'noeviction']],
    ['evicts only what expires', ['--maxmemory', '100mb', '--maxmemory-policy', 'volatile-lru']],
    ['has no memory limit', ['--maxmemory-policy', 'allkeys-lru']],
  ])('stores an event if Redis %s', async (_what, settings) => {
    const log = await open(await startWithFile([...ALWAYS, ...settings]), { mustSync: true });
    expect(await log.whyUnsafe()).toBeUndefined();
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
  });

  it('counts a memory policy that Redis does not show as unsafe', async () => {
    const server = await startWithFile([...ALWAYS, '--rename-command', 'INFO', '']);
    const log = await open(server, { mustSync: true });
    const why = 'Redis does not show its memory policy';
    expect(await log.whyUnsafe()).toContain(why);
    await expect(log.append([eventOf('one')])).rejects.toThrow(why);
  });

  it('stores writes of this graph anyway: no mutation waits for a disk', async () => {
    const log = await open(await startWithFile(EVERY_SECOND), { mustSync: true });
    const written = { key: 'write', changes: [changeOf('1', { source: 'write' })] };
    await expect(log.append([written, eventOf('one')])).rejects.toThrow(NotStored);
    expect(await log.append([{ ...written, key: 'another write' }])).toEqual(['stored']);
    expect(await ids(log)).toContain('1');
  });

  it('counts a configuration that Redis does not show as unsafe', async () => {
    const server = await startWithFile([...ALWAYS, '--rename-command', 'CONFIG', '']);
    const log = await open(server, { mustSync: true });
    const why = 'Redis does not show its configuration';
    expect(await log.whyUnsafe()).toContain(why);
    await expect(log.append([eventOf('one')])).rejects.toThrow(why);
  });

  it('detects the retry of a refused event by its mark once Redis is durable, and stores it once', async () => {
    const server = await startWithFile(EVERY_SECOND);
    const log = await open(server, { mustSync: true });
    await expect(log.append([eventOf('one')])).rejects.toThrow(NotStored);
    await server.run((client) => client.configSet('appendfsync', 'always'));
    // The configuration is read again after some seconds, or on another connection.
    const other = await open(server, { mustSync: true });
    expect(await other.append([eventOf('one')])).toEqual(['duplicate']);
    expect(await ids(other)).toEqual(['one']);
  });
});

describe('a log in Redis, with EVENTS_SYNC=aof', () => {
  const modern = programWithWaitAof();
  const itWithWaitAof = modern === undefined ? it.skip : it;
  if (modern === undefined)
    console.log('No Redis 7.2 or later, and no Valkey, is installed: WAITAOF is not tested.');

  itWithWaitAof('waits for the sync of what it stores, duplicates included', async () => {
    const server = await startWithFile(EVERY_SECOND, { program: modern ?? '' });
    const log = await open(server, { sync: 'aof', mustSync: true });
    expect(await log.whyUnsafe()).toBeUndefined();
    const results = await Promise.all(['a', 'b', 'a'].map((key) => log.append([eventOf(key)])));
    expect(results).toEqual([['stored'], ['stored'], ['duplicate']]);
    expect(await log.append([eventOf('a')])).toEqual(['duplicate']);
    server.signal('SIGSTOP');
    await server.stop();
    await server.start();
    expect(await untilDone(() => ids(log))).toEqual(['a', 'b']);
  });

  itWithWaitAof('refuses an event if Redis evicts any key at its memory limit', async () => {
    const settings = [...EVERY_SECOND, '--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lfu'];
    const server = await startWithFile(settings, { program: modern ?? '' });
    const log = await open(server, { sync: 'aof', mustSync: true });
    expect(await log.whyUnsafe()).toContain('maxmemory-policy must be noeviction');
    await expect(log.append([eventOf('one')])).rejects.toThrow('but is allkeys-lfu');
  });

  itWithWaitAof('refuses an event if Redis has no append-only file', async () => {
    const log = await open(await start({ program: modern ?? '' }), { sync: 'aof', mustSync: true });
    await expect(log.append([eventOf('one')])).rejects.toThrow(/WAITAOF.*appendonly/s);
  });

  const old = programWithoutWaitAof();
  const itWithOld = old === undefined ? it.skip : it;
  if (old === undefined)
    console.log('No Redis before 7.2 is installed: its refusal is not tested.');

  itWithOld('refuses an event if Redis is older than 7.2, with the reason', async () => {
    const server = await startWithFile(EVERY_SECOND, { program: old ?? '' });
    const log = await open(server, { sync: 'aof', mustSync: true });
    const why = 'EVENTS_SYNC=aof needs Redis 7.2 or later (WAITAOF), and this one is older.';
    expect(await log.whyUnsafe()).toContain(why);
    await expect(log.append([eventOf('one')])).rejects.toThrow(why);
  });
});

describe('a log in Redis that may lose events', () => {
  it('stores them, and warns once', async () => {
    const lines: string[] = [];
    const log = await open(await start(), { warn: (line) => lines.push(line) });
    await log.append([eventOf('one')]);
    await log.append([eventOf('two')]);
    expect(lines).toEqual([expect.stringContaining('appendonly must be yes')]);
  });
});

describe('a log in Redis', () => {
  it('is shared: another instance reads an appended event, and detects its duplicates', async () => {
    const server = await start();
    const [one, other] = [await open(server), await open(server)];
    const waiting = other.next(ORIGIN, 10, new AbortController().signal);
    await one.append([eventOf('one')]);
    expect((await waiting).entries).toHaveLength(1);
    expect(await other.append([eventOf('one')])).toEqual(['duplicate']);
    expect(await other.head()).toMatchObject({ log: (await one.head()).log });
  });

  it('gets another name if its stream is lost, and ignores the marks of the lost log', async () => {
    const server = await start();
    const log = await open(server);
    await log.append([eventOf('one')]);
    const before = await log.head();
    await server.run((client) => client.del('{tributary:events}:stream'));
    const after = await log.head();
    expect(after).toMatchObject({ position: ORIGIN, floor: ORIGIN });
    expect(after.log).not.toBe(before.log);
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
  });

  it('trims entries beyond its maximum number', async () => {
    const log = await open(await start(), { maxEntries: 3 });
    for (const key of ['a', 'b', 'c', 'd', 'e']) await log.append([eventOf(key)]);
    expect(await ids(log)).toEqual(['c', 'd', 'e']);
    expect((await log.head()).floor).not.toEqual(ORIGIN);
  });

  it('reads the known parts of changes of a newer version, and skips changes without a record', async () => {
    const server = await start();
    const log = await open(server);
    await log.append([eventOf('one')]);
    const change = { vendor: 'stripe', type: 'Payment', id: 'two', kind: 'ARCHIVED', more: 1 };
    await server.run(async (client) => {
      const add = (text: string) => client.xAdd('{tributary:events}:stream', '*', { change: text });
      await add('not JSON');
      await add(JSON.stringify(change));
    });
    const { entries, reached, head } = await log.read(ORIGIN, 10);
    expect(entries.map(({ change: { id, kind } }) => [id, kind])).toEqual([
      ['one', 'UPDATED'],
      ['two', 'UPDATED'],
    ]);
    expect(reached).toEqual(head.position);
    expect((await log.read(ORIGIN, 2)).reached).not.toEqual(head.position);
  });

  it('continues on another server after a failover that makes the old one its replica', async () => {
    const [before, after] = [await start(), await start()];
    const portOf = ({ url }: RedisServer) => Number(new URL(url).port);
    const proxy = await startProxy(portOf(before));
    const log = await open(proxy);
    await log.append([eventOf('one')]);
    await log.head();
    await before.run((client) =>
      client.sendCommand(['REPLICAOF', '127.0.0.1', String(portOf(after))]),
    );
    proxy.leadTo(portOf(after));
    await expect(log.append([eventOf('two')])).rejects.toThrow('READONLY');
    expect(await untilDone(() => log.append([eventOf('two')]))).toEqual(['stored']);
    // Writes of this graph use the shared connection of the process.
    const written = { key: 'write', changes: [changeOf('1', { source: 'write' })] };
    expect(await untilDone(() => log.append([written]))).toEqual(['stored']);
    expect(await untilDone(() => ids(log))).toEqual(['two', '1']);
  });

  it('refuses at once while Redis is lost, and continues when it is back', async () => {
    const directory = await temporaryFolder();
    closing.push(() => rm(directory, { recursive: true }));
    const server = await start({ directory, settings: ALWAYS });
    const log = await open(server, { mustSync: true });
    await log.append([eventOf('one')]);
    const { signal } = new AbortController();
    const { position } = await log.head();
    const waiting = log.next(position, 10, signal);
    const ended = expect(waiting).rejects.toThrow(LogUnavailable);
    await server.stop();
    await ended;
    await expect(log.append([eventOf('two')])).rejects.toThrow(NotStored);
    await expect(log.head()).rejects.toThrow(LogUnavailable);
    await expect(log.read(ORIGIN, 10)).rejects.toThrow(LogUnavailable);
    await server.start();
    expect(await untilDone(() => log.append([eventOf('two')]))).toEqual(['stored']);
    expect(await untilDone(() => ids(log))).toEqual(['one', 'two']);
    const { entries } = await untilDone(() => log.next(position, 10, signal));
    expect(entries.map(({ change }) => change.id)).toEqual(['two']);
  });

  it('refuses an event with an unknown outcome, and detects its retry as a duplicate', async () => {
    const server = await start();
    const proxy = await startProxy(Number(new URL(server.url).port));
    const log = await open(proxy);
    await log.append([eventOf('one')]);
    proxy.loseResponses();
    await expect(log.append([eventOf('two')])).rejects.toThrow(NotStored);
    expect(await untilDone(() => log.append([eventOf('two')]))).toEqual(['duplicate']);
    expect(await ids(log)).toEqual(['one', 'two']);
  });

  it('refuses in time if Redis does not respond', async () => {
    const server = await start();
    const log = await open(server);
    await log.append([eventOf('one')]);
    server.signal('SIGSTOP');
    await expect(log.append([eventOf('two')])).rejects.toThrow(/no response/);
    server.signal('SIGCONT');
    expect(await untilDone(() => log.append([eventOf('three')]))).toEqual(['stored']);
  });
});

/** A proxy of Redis that can lose responses: it then forwards the next request and closes the connection. */
async function startProxy(port: number) {
  let isLossy = false;
  let target = port;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(target, '127.0.0.1');
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        redis.destroy();
      });
    }
    client.pipe(redis);
    redis.on('data', (chunk) => {
      if (!isLossy) {
        client.write(chunk);
        return;
      }
      isLossy = false;
      client.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return {
    url: `redis://127.0.0.1:${String(address.port)}`,
    /** For new connections. */
    leadTo: (other: number) => {
      target = other;
    },
    loseResponses: () => {
      isLossy = true;
    },
  };
}

function programWithWaitAof(): string | undefined {
  return ['valkey-server', 'redis-server'].find((program) => hasWaitAof(program) === true);
}

function programWithoutWaitAof(): string | undefined {
  return ['redis-server'].find((program) => hasWaitAof(program) === false);
}

/** @returns undefined if the program is not installed */
function hasWaitAof(program: string): boolean | undefined {
  try {
    const text = execFileSync(program, ['--version'], { encoding: 'utf8' });
    const [, major, minor] = /v=(\d+)\.(\d+)/.exec(text) ?? [];
    return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 2);
  } catch {
    return undefined;
  }
}
