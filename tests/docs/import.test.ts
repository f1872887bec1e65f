import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runImportCommand } from '../../bin/import.ts';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { startErp } from '../../examples/connectors/erp/erp-service.mjs';
import { fuse, readFile } from '../subgraphs/connect/start-connectors.ts';
import { codeBlock } from './code-blocks.ts';

const PAGE = 'docs/import.md';
const page = readFileSync(PAGE, 'utf8');

/** The arguments of the commands of the page, in their order. */
const COMMANDS = Array.from(
  page.matchAll(/^node dist\/tributary\.js import ((?:[^\n]*\\\n)*[^\n]*)$/gm),
  ([, text = '']) =>
    Array.from(
      text.matchAll(/'([^']*)'|([^\s\\']+)/g),
      ([, quoted, plain = '']) => quoted ?? plain,
    ),
);

let folder: string;
let erp: Awaited<ReturnType<typeof startErp>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
  erp = await startErp();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await erp.close();
});

async function run(args: readonly string[] = []) {
  const written: string[] = [];
  const output = { write: (line: string) => written.push(line), report: () => undefined };
  const code = await runImportCommand(
    args.map((one) => one.replace(/^my-graph/, folder)),
    output,
    {
      modules: SUBGRAPHS,
      readSdl: (name) => readFileSync(`schema/${name}.graphql`, 'utf8'),
    },
    undefined,
  );
  return { code, written };
}

describe('docs/import.md', () => {
  it('has commands that do what it says, and a query that the imported API answers', async () => {
    const [list, first, again] = COMMANDS;

    expect(page).toContain(`\n${(await run(list)).written.join('\n')}\n`);

    expect(await run(first)).toEqual({
      code: 0,
      written: ['erp.graphql', 'erp.connector.yaml', 'graph.yaml'].map((name) =>
        join(folder, name),
      ),
    });
    const auth = {
      kind: 'header',
      name: 'authorization',
      value: 'Bearer erp-example-key',
    } as const;
    const sdl = readFileSync(join(folder, 'erp.graphql'), 'utf8');
    const graph = fuse(readFile(sdl, { erp: { baseUrl: erp.url, auth } }));
    const { data, errors } = await graph.run(codeBlock(PAGE, 'graphql'));
    await graph.close();
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      orders: Array.from({ length: 2 }, () =>
        expect.objectContaining({ total: { amount: expect.any(String), currency: 'EUR' } }),
      ),
    });

    const shown = (await run(again)).written.join('\n');
    for (const line of page.match(/^~ .*$/gm) ?? []) expect(shown).toContain(line);
  });
});
