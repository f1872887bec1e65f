import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';

const SECRET = 'whsec_of_this_test';

let folder: string;
let file: string;
let gateway: Program;

const NONE = { STRIPE_SECRET_KEY: '', HUBSPOT_ACCESS_TOKEN: '', NODE_ENV: '', REDIS_URL: '' };

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], environment: object = {}): Promise<Run> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...NONE, EVENTS_FILE: file, ...environment };
    const child = execFile(
      process.execPath,
      ['dist/tributary.js', 'events', ...args],
      { env },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'events-'));
  file = join(folder, 'events.log');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describeBuilt('tributary events', () => {
  beforeAll(async () => {
    gateway = startProgram('gateway.js', [], {
      PORT: '0',
      EVENTS_FILE: file,
      STRIPE_WEBHOOK_SECRETS: SECRET,
    });
    await gateway.url;
  });
  afterAll(() => gateway.end());

  const send = async (type: string, id: string, environment: object = {}) =>
    run(['send', type, '--id', id, '--url', await gateway.url], {
      STRIPE_WEBHOOK_SECRETS: SECRET,
      ...environment,
    });
  const idsIn = ({ stdout }: Run) =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      // A cast: the lines are what the command writes.
      .map((line) => (JSON.parse(line) as { readonly id: string }).id);

  it('sends signed events to a running server', async () => {
    expect(await send('payment_intent.succeeded', 'pi_1')).toEqual({
      code: 0,
      stdout: 'The server has accepted payment_intent.succeeded of pi_1.\n',
      stderr: '',
    });
    await send('invoice.paid', 'in_1');
  });

  it('explains why a server refuses a test event', async () => {
    const refused = [
      await send('invoice.paid', 'in_2', { STRIPE_WEBHOOK_SECRETS: 'whsec_other' }),
      await run(['send', 'invoice.paid', '--url', 'http://127.0.0.1:1'], {
        STRIPE_WEBHOOK_SECRETS: SECRET,
      }),
    ];
    expect(refused.map(({ code, stderr }) => [code, stderr])).toEqual([
      [
        1,
        'The server responded with status 401: The signature of the webhook is invalid. Compare STRIPE_WEBHOOK_SECRETS, PUBLIC_URL and the clocks of both.\n',
      ],
      [1, 'There is no server at http://127.0.0.1:1. Set --url to the URL of a running one.\n'],
    ]);
  });

  it('replays the events of a server since a time or a cursor', async () => {
    const all = await run(['replay', '--from', '1h']);
    expect([all.code, idsIn(all)]).toEqual([0, ['pi_1', 'in_1']]);
    const [first = ''] = all.stdout.split('\n');
    // A cast: the lines are what the command writes.
    const { cursor } = JSON.parse(first) as { readonly cursor: string };

    expect(idsIn(await run(['replay', '--from', cursor]))).toEqual(['in_1']);
  });

  it('reports that entries after a cursor are missing', async () => {
    const { code, stderr } = await run(['replay', '--from', 'other.1-0']);

    expect([code, stderr]).toEqual([
      1,
      'The cursor belongs to a lost log. All entries of the current log follow:\n',
    ]);
  });

  it('finds no gap if webhooks reported each change', async () => {
    expect(await run(['gaps'])).toEqual({
      code: 0,
      stdout: 'No gaps: webhooks reported each change in the log.\n',
      stderr: '',
    });
  });

  it.each<[string, readonly string[], object, string]>([
    [
      'test events in production',
      ['send', 'invoice.paid'],
      { NODE_ENV: 'production' },
      'Test events are for development: NODE_ENV is production.',
    ],
    [
      'events of an unknown type',
      ['send', 'invoice.eaten'],
      { STRIPE_WEBHOOK_SECRETS: SECRET },
      'Events of the type "invoice.eaten" cannot be sent. Choose one that this graph reads and that needs no more than an id, such as payment_intent.succeeded or deal.creation.',
    ],
    [
      'an event of no record',
      ['send', 'invoice.paid', '--id', 'a/b'],
      { STRIPE_WEBHOOK_SECRETS: SECRET },
      '--id must be the id of a record, but is "a/b".',
    ],
    [
      'events without a secret',
      ['send', 'deal.creation'],
      {},
      'Set HUBSPOT_CLIENT_SECRETS to the secret that the server has. `tributary sandbox` prints that of a server without keys.',
    ],
    [
      'a log in memory',
      ['tail'],
      { EVENTS_FILE: '' },
      'Set REDIS_URL or EVENTS_FILE, as for the server: events in memory cannot be read by another process.',
    ],
    [
      'an invalid time',
      ['replay', '--from', 'yesterday'],
      {},
      '--from must be a cursor, a time such as 2026-11-28T12:00:00Z, or how long ago, such as 15m, but is "yesterday".',
    ],
  ])('refuses %s with a message and exit code 1', async (_, args, environment, sentence) => {
    expect(await run(args, environment)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${sentence}\n`,
    });
  });
});
