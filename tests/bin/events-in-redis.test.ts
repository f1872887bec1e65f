import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Change } from '../../events/change.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { describeBuilt, type Program, startProgram, untilWritten } from '../built-program.ts';
import { changeOf } from '../events/changes.ts';
import { openRedisLog } from '../events/log/logs.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';

let redis: RedisServer;
let sandbox: Sandbox;
let gateway: Program;
let environment: Record<string, string>;

interface Line {
  readonly cursor: string;
  readonly vendor: string;
  readonly type: string;
  readonly id: string;
  readonly kind: string;
  readonly source: string;
}

/** Runs `tributary events ...` to its end. */
async function run(...args: readonly string[]) {
  const program = startProgram('tributary.js', ['events', ...args], environment);
  const code = await program.ended;
  return { code, output: program.output() };
}
const linesOf = (output: string) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    // A cast: the lines are what the command writes.
    .map((line) => JSON.parse(line) as Line);

/** Stores a missed change, as a catch-up does. */
async function storeFound({ id, ...rest }: Pick<Change, 'vendor' | 'type' | 'id' | 'at'>) {
  const log = await openRedisLog(redis);
  await log.append([
    { key: `found ${id}`, changes: [changeOf(id, { ...rest, source: 'catch-up' })] },
  ]);
  await log.close();
}

describeBuilt('tributary events with a log in Redis', () => {
  beforeAll(async () => {
    [redis, sandbox] = await Promise.all([startRedis(), startSandbox()]);
    environment = {
      REDIS_URL: redis.url,
      ...sandbox.environment,
      ...sandbox.webhookEnvironment,
    };
    gateway = startProgram('gateway.js', [], { ...environment, PORT: '0', LOG_LEVEL: 'error' });
    sandbox.deliverTo({ url: await gateway.url });
  });
  afterAll(async () => {
    await gateway.end();
    await sandbox.close();
    await redis.stop();
  });

  const create = (name: string) => sandbox.hubspot.edit.create('companies', { name });
  const begin = async () => {
    const tail = startProgram('tributary.js', ['events', 'tail'], environment);
    await untilWritten(tail, 'until ctrl-C:');
    return tail;
  };

  it('shows changes as a gateway stores them, until it is interrupted', async () => {
    const tail = await begin();
    const id = create('Tailed');
    await untilWritten(tail, '}\n');
    tail.child.kill('SIGINT');

    expect(await tail.ended).toBe(0);
    expect(linesOf(tail.output())[0]).toMatchObject({
      vendor: 'hubspot',
      type: 'Company',
      id,
      kind: 'CREATED',
      source: 'webhook',
    });
  });

  it('sends a signed event to a gateway, which stores it in Redis', async () => {
    const { code, output } = await run(
      ...['send', 'payment_intent.succeeded', '--id', 'pi_sent', '--url', await gateway.url],
    );

    expect([code, output]).toEqual([
      0,
      'The server has accepted payment_intent.succeeded of pi_sent.\n',
    ]);
  });

  it('replays changes since a duration, a time or a cursor', async () => {
    const all = await run('replay', '--from', '15m');
    const lines = linesOf(all.output);
    expect([all.code, lines.at(-1)?.id]).toEqual([0, 'pi_sent']);
    const since = await run('replay', '--from', new Date(Date.now() - 900_000).toISOString());
    expect(linesOf(since.output)).toEqual(lines);
    const rest = await run('replay', '--from', lines.at(-2)?.cursor ?? '');

    expect(linesOf(rest.output)).toEqual(lines.slice(-1));
  });

  it('shows the gaps that catch-ups have filled, with exit code 1', async () => {
    expect(await run('gaps')).toEqual({
      code: 0,
      output: 'No gaps: webhooks reported each change in the log.\n',
    });
    const at = Date.UTC(2026, 10, 28, 12);
    await storeFound({ vendor: 'stripe', type: 'Payment', id: 'pi_missed', at });

    const { code, output } = await run('gaps');
    expect(code).toBe(1);
    expect(output.split('\n').map((line) => line.split(/ +/))).toEqual([
      ['VENDOR', 'FROM', 'TO', 'CHANGES'],
      ['stripe', '2026-11-28T12:00:00.000Z', '2026-11-28T12:00:00.000Z', '1'],
      [''],
    ]);
  });

  it('exits when Redis is lost, and continues with a warning when Redis has lost its entries', async () => {
    const tail = await begin();
    const [before] = linesOf((await run('replay', '--from', '15m')).output);
    await redis.stop();
    expect(await tail.ended).toBe(1);
    await redis.start();
    expect(tail.output()).toContain('Redis at REDIS_URL cannot be read: ');

    const next = await begin();
    await redis.run((client) => client.flushAll());
    await storeFound({ vendor: 'stripe', type: 'Payment', id: 'pi_new', at: 1 });
    await untilWritten(next, '}\n');
    next.child.kill('SIGTERM');

    expect(await next.ended).toBe(0);
    expect(next.output()).toContain('Entries of the log were lost. The next ones follow:\n');
    const [line] = linesOf(next.output());
    expect(line?.id).toBe('pi_new');
    expect(line?.cursor.split('.')[0]).not.toBe(before?.cursor.split('.')[0]);
  });

  it.each([
    ['no action', [], 'tributary events tail'],
    ['an unknown action', ['watch'], 'tributary events tail'],
    ['a replay without --from', ['replay'], 'tributary events tail'],
    ['an event without a type', ['send'], 'tributary events tail'],
    ['a tail with --from', ['tail', '--from', '15m'], 'tributary events tail'],
    [
      'a server that does not listen',
      ['send', 'deal.creation', '--url', 'http://127.0.0.1:1'],
      'There is no server at http://127.0.0.1:1. Set --url to the URL of a running one.',
    ],
    [
      'an invalid URL',
      ['send', 'deal.creation', '--url', 'here'],
      '--url must be the URL of a server: http://127.0.0.1:4000.',
    ],
  ])('refuses %s with a message and exit code 1', async (_, args, sentence) => {
    const { code, output } = await run(...args);

    expect([code, output.split('\n')[0]]).toEqual([1, sentence]);
  });

  it('prints why Redis cannot be read', async () => {
    const program = startProgram('tributary.js', ['events', 'gaps'], {
      REDIS_URL: 'redis://127.0.0.1:1',
    });

    expect(await program.ended).toBe(1);
    expect(program.output()).toBe('Redis at REDIS_URL cannot be read: ECONNREFUSED.\n');
  });
});
