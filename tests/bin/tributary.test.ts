import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { describeBuilt, startProgram } from '../built-program.ts';

const NAMES = [
  'start',
  'dev',
  'subgraph',
  'sandbox',
  'compose',
  'check',
  'connect',
  'fields',
  'import',
  'doctor',
  'keys',
  'events',
  'webhooks',
];

/** Runs `tributary <args>` to its end. */
function run(
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['dist/tributary.js', ...args],
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}

const SERVED = { PORT: '0', DRAIN_DELAY_MS: '0' };

async function ask(url: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });
  return response.json();
}

describeBuilt('the command tributary', () => {
  it('lists its commands with --help and without an argument', async () => {
    const [asked, bare] = await Promise.all([run('--help'), run()]);

    expect(bare).toEqual(asked);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    const listed = Array.from(asked.stdout.matchAll(/^ {2}tributary (\w+)/gm), ([, name]) => name);
    expect(listed).toEqual(NAMES);
  });

  it.each(NAMES)(
    '%s --help shows how to call it, with an example, and does nothing',
    async (name) => {
      const { code, stdout, stderr } = await run(name, '--help');

      expect([code, stderr]).toEqual([0, '']);
      expect(
        stdout.split('\n').filter((line) => line.includes(`tributary ${name}`)).length,
      ).toBeGreaterThan(1);
      expect(stdout).toContain('Examples:');
    },
  );

  it('ends without an error when the reader of its output ends, such as head', async () => {
    const child = spawn(process.execPath, ['dist/tributary.js', '--help']);
    child.stdout.destroy();
    const stderr = text(child.stderr);

    expect([await once(child, 'exit'), await stderr]).toEqual([[0, null], '']);
  });

  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

    expect((await run('--version')).stdout).toBe(`${version}\n`);
  });

  it.each([
    [['serve'], /^tributary has no command "serve"\. It has start, /],
    [['constructor'], /^tributary has no command "constructor"\./],
    [['start', '--port', '1'], /^Usage: tributary start /],
    [['compose', 'graph.yaml'], /^Usage: tributary compose /],
    [['check', '--out', 'x'], /^Usage: tributary check /],
    [['doctor', '--all'], /^tributary doctor \[--paid\]/],
    [['keys'], /^tributary keys create /],
    [['events'], /^tributary events tail/],
    [['events', 'tail', '--from', '1h'], /^tributary events tail/],
    [['webhooks', 'list'], /^tributary webhooks setup /],
    [['subgraph', 'shop'], /^The subgraph to start must be one of crm, payments, maps/],
    [
      ['sandbox', 'paypal'],
      /A vendor must be one of hubspot, stripe, google, nws, metno, ecb, but got "paypal"\./,
    ],
  ])('refuses %j with a sentence and exit code 1', async (args, message) => {
    const { code, stderr } = await run(...args);

    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it.each([[['start']], [['subgraph', 'maps']]])(
    '%j serves until it is told to end',
    async (args) => {
      const program = startProgram('tributary.js', args, SERVED);

      expect(await ask(await program.url)).toEqual({ data: { __typename: 'Query' } });
      expect(await program.end()).toBe(0);
    },
  );

  it('ends what it started when it is killed', async () => {
    const program = startProgram('tributary.js', ['start'], SERVED);
    const url = await program.url;

    program.child.kill('SIGKILL');
    await once(program.child, 'close');

    // Both processes write to the same pipes, so they are closed when both have ended.
    await expect(ask(url)).rejects.toThrow('fetch failed');
  });
});
