import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { ERROR_CODES } from '../../errors/error-codes.ts';
import { CLOSE } from '../../gateway/graphql/transports/socket-messages.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { STRIPE_EVENT_TYPES } from '../../subgraphs/payments/providers/stripe/webhooks/stripe-event-types.ts';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { runProcess } from '../run-process.ts';

const page = readFileSync('docs/live.md', 'utf8');
const JSON_TYPE = { 'content-type': 'application/json' };

/** @returns the bodies of the curl commands of a section */
const bodiesIn = (section: string) =>
  Array.from(sectionOf(section).matchAll(/-d '(.*?)'$/gms), ([, body = '']) => body);

function sectionOf(title: string): string {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  if (section === undefined) throw new Error(`docs/live.md has no section "${title}".`);
  return section;
}

it('docs/live.md names each subscription with its arguments', () => {
  const rows = sectionOf('Subscriptions').matchAll(/^\| `(\w+Changed)` +\| ([^|]*)\|/gm);
  const schema = buildSchema(readFileSync('schema/api.graphql', 'utf8'));
  const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
  expect(
    Array.from(rows, ([, name, args]) => `${String(name)} ${String(args).trim()}`).sort(),
  ).toEqual(
    fields
      .map(({ name, args }) => `${name} ${args.map((arg) => `\`${arg.name}\``).join(', ')}`)
      .sort(),
  );
});

it('docs/live.md lists the events of Stripe that this graph reads', () => {
  const [, list = ''] = /```text\n(.*?)```/s.exec(sectionOf("Receive Stripe's webhooks")) ?? [];
  const patterns = list.trim().split(/\s+/);
  const covers = (pattern: string, type: string) =>
    pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
  expect(
    STRIPE_EVENT_TYPES.filter((type) => !patterns.some((pattern) => covers(pattern, type))),
  ).toEqual([]);
  expect(
    patterns.filter((pattern) => !STRIPE_EVENT_TYPES.some((type) => covers(pattern, type))),
  ).toEqual([]);
});

it('docs/live.md lists the close codes of WebSockets', () => {
  const codes = Array.from(page.matchAll(/^\| (\d{4}) +\|/gm), ([, code]) => Number(code));
  // ws itself closes sockets with 1009.
  expect(codes).toEqual([...Object.values(CLOSE), 1009].sort());
});

it('docs/live.md names error codes, metrics, alerts and settings that exist', () => {
  const known = new Set([
    ...Object.keys(ERROR_CODES),
    ...namesIn('docs/operations.md', /\btributary_\w+/g),
    ...namesIn('deploy/prometheus/alerts.yaml', /\bTributary\w+/g),
    ...namesIn('docs/configuration.md', /\b[A-Z]+(?:_[A-Z]+)+\b/g),
    ...namesIn('schema/api.graphql', /\b[A-Z]+(?:_[A-Z]+)+\b/g),
  ]);
  const named = [
    ...namesIn('docs/live.md', /(?<=`)(?:tributary_\w+|Tributary\w+)(?=`)/g),
    ...namesIn('docs/live.md', /\b[A-Z]+(?:_[A-Z]+)+\b/g),
  ];
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

const namesIn = (file: string, pattern: RegExp): readonly string[] => [
  ...new Set(Array.from(readFileSync(file, 'utf8').matchAll(pattern), ([name]) => name)),
];

describeBuilt('the commands of docs/live.md', () => {
  let folder: string;
  let program: Program;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'live-'));
    program = startProgram('gateway.js', [], {
      PORT: '0',
      EVENTS_FILE: join(folder, 'events.log'),
    });
    await program.url;
  });
  afterAll(async () => {
    await program.end();
    await rm(folder, { recursive: true });
  });

  it('send events to a server without keys, and show its log', async () => {
    const url = await program.url;
    // What `tributary sandbox` prints.
    const sandbox = await startSandbox({ vendors: ['hubspot', 'stripe'] });
    await sandbox.close();
    const lines = Array.from(
      sectionOf('Commands').matchAll(/^tributary (events (?:send|replay|gaps)[^#\n]*)/gm),
      ([, line = '']) => line.trim().split(/\s+/),
    );
    const environment = { ...sandbox.webhookEnvironment, EVENTS_FILE: join(folder, 'events.log') };
    const runs: Awaited<ReturnType<typeof runProcess>>[] = [];
    // Events are sent first.
    for (const args of lines.toSorted(([, one = ''], [, other = '']) => other.localeCompare(one))) {
      const here = args.includes('send') ? ['--url', url] : [];
      runs.push(await runProcess('dist/tributary.js', [...args, ...here], environment));
    }
    expect(runs.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(
      lines.map(() => [0, '']),
    );
    expect(runs.map(({ stdout }) => stdout).join('')).toContain('"id":"pi_123"');
  });
});

describeBuilt('docs/live.md shows what a gateway without keys answers', () => {
  let program: Program;
  let url: string;
  beforeAll(async () => {
    program = startProgram('gateway.js', [], { PORT: '0' });
    url = await program.url;
  });
  afterAll(() => program.end());

  // First: after a change, responses of ten seconds may be of before it.
  it('to a query whose response has not changed', async () => {
    const section = sectionOf('Unchanged responses: 304');
    const commands = section.slice(section.indexOf('QUERY='), section.indexOf('get -H'));
    const here = commands.replace('localhost:4000', new URL(url).host);
    let tag: string | undefined;
    // The sandbox vendors have to be caught up with first.
    while (tag === undefined) tag = /^etag: (.*?)\r?$/m.exec(await runShell(here))?.[1];
    expect(await runShell(`${here}get -H 'If-None-Match: ${tag}'`)).toContain(
      'HTTP/1.1 304 Not Modified',
    );
  });

  it('to its first subscription', async () => {
    const [subscription, mutation] = bodiesIn('A first subscription');
    const stream = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, accept: 'text/event-stream' },
      body: subscription ?? '',
    });
    const refund = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: mutation ?? '',
    });
    expect(await refund.json()).toMatchObject({ data: { refundPayment: { userErrors: [] } } });
    expect(await firstData(stream)).toEqual(dataIn(sectionOf('A first subscription')));
  });
});

const runShell = async (commands: string) =>
  (await promisify(execFile)('bash', ['-c', commands])).stdout;

/** @returns what the first payload of a stream is about, without its cursor */
async function firstData({ body }: Response): Promise<unknown> {
  let text = '';
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (/^data: .*\n/m.test(text)) break;
  }
  return dataIn(text);
}

const dataIn = (text: string): unknown =>
  (JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '{}') as { data?: unknown }).data;
