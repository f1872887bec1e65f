import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Prompt, runImportCommand } from '../../bin/import.ts';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { runCheckCommand } from '../../gateway/composition/compose-command.ts';

const DOCUMENT = 'examples/connectors/erp/openapi.yaml';

const sources = {
  modules: SUBGRAPHS,
  readSdl: (name: string) => readFileSync(`schema/${name}.graphql`, 'utf8'),
  audiences: () => readFileSync('schema/audiences.yml', 'utf8'),
};

let folder: string;
let graph: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
  graph = join(folder, 'graph.yaml');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(args: readonly string[], prompt?: Prompt) {
  const written: string[] = [];
  const reported: string[] = [];
  const output = {
    write: (line: string) => written.push(line),
    report: (line: string) => reported.push(line),
  };
  const code = await runImportCommand([...args, '--graph', graph], output, sources, prompt);
  return { code, written, reported };
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const ALL = [DOCUMENT, '--operations', '* /**', '--name', 'erp'];

describe('tributary import', () => {
  it('writes connectors, their tests and a graph.yaml that pass `tributary check`', async () => {
    const { code, written, reported } = await run([...ALL, '--accept', 'all']);
    expect({ code, reported }).toEqual({
      code: 0,
      reported: [
        `4 of 4 operations are fields now. Check the graph: ERP_TOKEN=... tributary check --graph ${graph}`,
      ],
    });
    expect(written).toEqual(
      ['erp.graphql', 'erp.connector.yaml', 'graph.yaml'].map((name) => join(folder, name)),
    );
    const checked: string[] = [];
    const say = (line: string) => checked.push(line);
    runCheckCommand({ graph }, { ERP_TOKEN: 'x' }, { write: say, report: say }, sources);
    expect(checked).toEqual([`${graph} has no problems.`]);
    const tests = read('erp.connector.yaml');
    expect(tests).toContain('url: http://127.0.0.1:4020/v2/orders/text');
    expect(Array.from(tests.matchAll(/^ {4}connector: (.*)$/gm), ([, name]) => name)).toEqual([
      'Query.orders',
      'Mutation.createOrder',
      'Query.order',
      'Query.items',
      'Item',
    ]);
  });

  it('lists the operations and says how to choose where none is chosen', async () => {
    const { code, written, reported } = await run([DOCUMENT]);
    expect(code).toBe(1);
    expect(written).toEqual([
      '1  GET /orders (listOrders) - The orders of a customer, by e-mail address.',
      '2  POST /orders (createOrder) - Creates an order.',
      '3  GET /orders/{orderNo} (getOrder) - One order.',
      '4  GET /items (listItems) - Lines of orders, by their numbers.',
    ]);
    expect(reported).toEqual([
      expect.stringMatching(/^Choose operations: --operations listOrders/),
    ]);
    expect(existsSync(graph)).toBe(false);
  });

  it('prints its proposals and applies none of them by itself', async () => {
    const { reported } = await run(ALL);
    expect(reported.slice(0, 2)).toEqual([
      'Proposed (--accept keys): GET /orders/{orderNo} returns one Order by orderNo, which it has as orderNo.',
      'Proposed (--accept batches): GET /items returns many objects of Item by its parameter numbers.',
    ]);
    expect(read('erp.graphql')).not.toContain('@key(');
    expect(read('erp.graphql')).toContain('#   keys: GET /orders/{orderNo} returns one Order');
  });

  it('asks a person at a terminal which operations and proposals to take', async () => {
    const questions: string[] = [];
    const answers = ['1, 3-4', 'y', 'n'];
    const { code } = await run([DOCUMENT, '--name', 'erp'], (question) => {
      questions.push(question);
      return Promise.resolve(answers.shift() ?? '');
    });
    expect(code).toBe(0);
    expect(questions).toEqual([
      'Operations (numbers such as 1,4-6, or patterns): ',
      expect.stringMatching(/^keys: GET \/orders\/\{orderNo\} .* Accept\? \[y\/N\] $/),
      expect.stringMatching(/^batches: GET \/items .* Accept\? \[y\/N\] $/),
    ]);
    expect(read('erp.graphql')).toContain('@key(fields: "orderNo")');
    expect(read('erp.graphql')).not.toContain('$batch');
    expect(read('erp.graphql')).not.toContain('type Mutation');
  });

  it('shows what changes in files that are there, and writes it with --write, without what a person has added', async () => {
    await run([...ALL, '--accept', 'all']);
    const own =
      'extend type Order {\n  note: String @connect(source: "erp", http: { GET: "/notes/{$this.orderNo}" }, selection: "$.note")\n}\n';
    writeFileSync(join(folder, 'erp.graphql'), `${read('erp.graphql')}${own}`);
    const before = read('erp.graphql');
    const changed = join(folder, 'changed.yaml');
    writeFileSync(
      changed,
      readFileSync(DOCUMENT, 'utf8').replace(
        'quantity: { type: integer }',
        'amount: { type: number }',
      ),
    );
    const again = [changed, ...ALL.slice(1), '--accept', 'all'];
    const shown = await run(again);
    expect(shown.code).toBe(0);
    expect(shown.reported).toEqual(['Nothing was written. Use --write to write the files.']);
    expect(shown.written).toEqual(
      expect.arrayContaining([
        `${join(folder, 'erp.graphql')}:`,
        '      - quantity: Int',
        '      + amount: Float',
      ]),
    );
    expect(read('erp.graphql')).toBe(before);

    expect((await run([...again, '--write'])).code).toBe(0);
    expect(read('erp.graphql')).toContain('amount: Float');
    expect(read('erp.graphql')).toContain(own);
    expect((await run([...again])).reported[0]).toBe('Nothing has changed.');
  });

  it('does not write over edits in the part that it has written', async () => {
    await run(ALL);
    const edited = read('erp.graphql').replace('"An order."', '"Our order."');
    writeFileSync(join(folder, 'erp.graphql'), edited);
    const { code, reported } = await run([...ALL, '--accept', 'all', '--write']);
    expect(code).toBe(1);
    expect(reported).toContain(
      `${join(folder, 'erp.graphql')} was edited above the line "Your own", so it is not written. Move the edits below that line, or remove the file.`,
    );
    expect(read('erp.graphql')).toBe(edited);
  });

  it('does not write over a file of a person', async () => {
    writeFileSync(join(folder, 'erp.graphql'), 'type Query { a: Int }\n');
    const { code, reported } = await run([...ALL, '--write']);
    expect([code, reported.at(-1)]).toEqual([
      1,
      expect.stringMatching(/erp\.graphql was not written by tributary import, so it stays\./),
    ]);
  });

  it.each([
    [['https://example.com/openapi.yaml'], /^Documents are read from files\. Download it first/],
    [['missing.yaml'], /^missing\.yaml cannot be read\.$/],
    [[DOCUMENT, '--operations', 'nothing'], /^No operation of .* matches "nothing"\.$/],
    [[...ALL, '--name', 'crm'], /^The built-in subgraph crm has the name already\./],
    [[...ALL, '--name', 'My API'], /^--name must have 1 to 40 lower-case letters/],
    [[...ALL, '--accept', 'everything'], /^tributary import <openapi\.yaml\|json>/],
    [[...ALL, '--prefix', 'erp_'], /^tributary import <openapi\.yaml\|json>/],
    [[], /^tributary import <openapi\.yaml\|json>/],
  ])('refuses %j with a sentence and exit code 1', async (args, sentence) => {
    const { code, reported } = await run(args);
    expect([code, reported[0]]).toEqual([1, expect.stringMatching(sentence)]);
    expect(existsSync(graph)).toBe(false);
  });
});
