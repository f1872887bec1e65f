import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  checkEvents,
  eventsSettings,
  type EventsProcess,
  hasStreams,
} from '../../events/events-settings.ts';
import { openEvents, type OpenEventsOptions } from '../../events/open-events.ts';
import { type Environment, parseSettings } from '../../settings/settings.ts';
import { openConnection, startRedis } from '../state/redis-server.ts';
import { eventOf } from './changes.ts';
import { temporaryFolder } from './log/logs.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function read(environment: Environment) {
  const problems: string[] = [];
  return { settings: parseSettings(eventsSettings, environment, problems), problems };
}

function settingsOf(environment: Environment = {}) {
  const { settings, problems } = read(environment);
  if (settings === undefined) throw new Error(problems.join('\n'));
  return settings;
}

describe('event settings', () => {
  it('store events in memory for a day by default', () => {
    expect(settingsOf()).toEqual({ file: undefined, sync: 'always', retentionMs: 86_400_000 });
  });

  it('read a file, how Redis syncs, and a retention', () => {
    const environment = { EVENTS_FILE: './e', EVENTS_SYNC: 'aof', EVENTS_RETENTION: '90m' };
    expect(settingsOf(environment)).toEqual({ file: './e', sync: 'aof', retentionMs: 5_400_000 });
  });

  it.each(['14m', '169h', '24', 'a day', '1e9h'])('refuse a retention of %s', (retention) => {
    expect(read({ EVENTS_RETENTION: retention }).problems).toEqual([
      'EVENTS_RETENTION must be a time from 15m to 168h, such as 90s, 30m or 24h.',
    ]);
  });

  it('refuse an unknown EVENTS_SYNC', () => {
    expect(read({ EVENTS_SYNC: 'everysec' }).problems).toEqual([
      'EVENTS_SYNC must be one of always, aof.',
    ]);
  });
});

describe('the check of events at start', () => {
  const check = (process: Partial<EventsProcess>, environment: Environment = {}) => {
    const problems: string[] = [];
    const whole = {
      production: false,
      receivesWebhooks: false,
      hasRedis: false,
      isDistributed: false,
      ...process,
    };
    checkEvents(settingsOf(environment), whole, problems);
    return { problems, streams: hasStreams(whole) };
  };
  const FILE = { EVENTS_FILE: './events.log' };

  it('refuses webhooks in production that would be in memory', () => {
    const production = { production: true, receivesWebhooks: true };
    expect(check(production).problems).toEqual([
      'REDIS_URL or EVENTS_FILE must be set in production if webhooks are received: an event must survive a restart before its vendor gets 200.',
    ]);
    expect(check(production, FILE).problems).toEqual([]);
    expect(check({ ...production, hasRedis: true }).problems).toEqual([]);
    expect(check({ production: true }).problems).toEqual([]);
    expect(check({ receivesWebhooks: true }).problems).toEqual([]);
  });

  it('refuses webhooks of subgraph services without Redis, and a file for several processes', () => {
    const distributed = { isDistributed: true, receivesWebhooks: true };
    expect(check(distributed, FILE).problems).toEqual([
      'EVENTS_FILE is for one process: set REDIS_URL instead if the subgraphs run as services.',
      'REDIS_URL must be set if subgraph services receive webhooks: the gateway reads their events there.',
    ]);
    expect(check({ ...distributed, hasRedis: true }, FILE).problems).toEqual([]);
  });

  it('offers streams unless the events of services do not reach the gateway', () => {
    expect(check({}).streams).toBe(true);
    expect(check({ isDistributed: true })).toEqual({ problems: [], streams: false });
    expect(check({ isDistributed: true, hasRedis: true }).streams).toBe(true);
  });
});

describe('events of a process', () => {
  const lines: string[] = [];
  const open = async (environment: Environment, options: Partial<OpenEventsOptions> = {}) => {
    lines.length = 0;
    const events = await openEvents(settingsOf(environment), {
      production: true,
      receivesWebhooks: true,
      warn: (line) => lines.push(line),
      ...options,
    });
    closing.push(() => events.close());
    return events;
  };
  const startConnected = async (settings: readonly string[]) => {
    const directory = await temporaryFolder();
    const server = await startRedis({ directory, settings });
    const redis = await openConnection(server.url);
    closing.push(async () => {
      redis.close();
      await server.stop();
      await rm(directory, { recursive: true });
    });
    return redis;
  };

  it('are in Redis if it is set, with and without a file', async () => {
    const redis = await startConnected(['--appendfsync', 'always']);
    const { log } = await open({ EVENTS_FILE: '/nowhere/events.log' }, { redis });
    expect(log.isShared).toBe(true);
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
  });

  it('are refused in production if Redis may lose stored events', async () => {
    const redis = await startConnected(['--appendfsync', 'everysec']);
    await expect(open({}, { redis })).rejects.toThrow(
      'Redis can lose events that it has stored: appendfsync must be always in its configuration.',
    );
    // The reason is the error of the start, and printed once.
    expect(lines).toEqual([]);
  });

  it('are refused in production if Redis may evict stored events', async () => {
    const redis = await startConnected(
      '--appendfsync always --maxmemory 100mb --maxmemory-policy allkeys-random'.split(' '),
    );
    await expect(open({}, { redis })).rejects.toThrow(
      'Redis can evict events that it has stored: maxmemory-policy must be noeviction in its configuration, but is allkeys-random.',
    );
  });

  it('are stored by such a Redis in development, with a warning only if webhooks are received', async () => {
    const redis = await startConnected(['--appendfsync', 'everysec']);
    const { log } = await open({}, { redis, production: false });
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
    expect(lines).toEqual([expect.stringContaining('appendfsync must be always')]);
    const other = await open({}, { redis, receivesWebhooks: false });
    expect(await other.log.append([eventOf('two')])).toEqual(['stored']);
    expect(lines).toEqual([]);
  });

  it('are in a file if one is set and Redis is not', async () => {
    const directory = await temporaryFolder();
    closing.push(() => rm(directory, { recursive: true }));
    const file = join(directory, 'events.log');
    const { log } = await open({ EVENTS_FILE: file });
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
    await expect(open({ EVENTS_FILE: file })).rejects.toThrow(
      `EVENTS_FILE cannot be used: ${file} is locked by another process`,
    );
    await expect(open({ EVENTS_FILE: join(directory, 'none', 'events.log') })).rejects.toThrow(
      `EVENTS_FILE cannot be used: the folder ${join(directory, 'none')} does not exist`,
    );
  });

  it('are in memory otherwise, with a warning in development', async () => {
    const { log } = await open({}, { production: false });
    expect(log.isShared).toBe(false);
    expect(lines).toEqual([
      'Events are in memory: a restart loses them. Set REDIS_URL or EVENTS_FILE.',
    ]);
  });
});
