import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';

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
