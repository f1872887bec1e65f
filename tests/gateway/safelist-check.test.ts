import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parseSettings, type Problems } from '../../settings/settings.ts';
import { gatewaySettings } from '../../gateway/config.ts';
import { checkSafelist } from '../../gateway/safelist-check.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { runProcess, TSX } from '../run-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'safelist-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SUPERGRAPH = 'schema/supergraph.graphql';
const EXAMPLES = readdirSync('examples/operations').filter((name) => name.endsWith('.graphql'));

function write(texts: Readonly<Record<string, string>>): string {
  const file = join(folder, 'manifest.json');
  writeFileSync(file, JSON.stringify(texts));
  return file;
}

describe('a list of operations, before the gateway starts', () => {
  it.each([{}, { SUPERGRAPH }])(
    'fits the graph where it holds the example operations: %j',
    (environment) => {
      const texts = Object.fromEntries(
        EXAMPLES.map((name) => [name, readFileSync(`examples/operations/${name}`, 'utf8')]),
      );
      const problems: Problems = [];
      const config = parseSettings(
        gatewaySettings(SUBGRAPHS),
        { ...environment, PERSISTED_OPERATIONS: write(texts) },
        problems,
      );
      if (config !== undefined)
        checkSafelist(
          config,
          new Supergraph(readFileSync(SUPERGRAPH, 'utf8')),
          SUBGRAPHS,
          problems,
        );
      expect([EXAMPLES.length, config?.safelist?.operations.length, problems]).toEqual([
        12,
        12,
        [],
      ]);
    },
  );

  it('ends the process with a line for each problem, those of other settings included', async () => {
    const file = write({
      hidden: '{ customer(id: "1") { billingLink { __typename } } }',
      'wrong literal': '{ reverseGeocode(location: { latitude: 99, longitude: 0 }) { id } }',
      removed: '{ clients { id } }',
      right: '{ customers(first: 1) { nodes { id } } }',
    });
    const environment = { PORT: '0', PERSISTED_OPERATIONS: file, UPSTREAM_MAX_TRIES: 'x' };
    const { exitCode, stderr } = await runProcess(TSX, ['bin/gateway.ts'], environment);
    expect([exitCode, stderr.trim().split('\n')]).toEqual([
      1,
      [
        expect.stringMatching(/^UPSTREAM_MAX_TRIES must be /),
        'PERSISTED_OPERATIONS: "hidden" does not match the schema: Cannot query field "billingLink" on type "Customer".',
        'PERSISTED_OPERATIONS: "wrong literal" does not match the schema: Expected value of type "Latitude!", found 99; Latitude must be a number from -90 to 90, but got 99.',
        'PERSISTED_OPERATIONS: "gone" does not match the schema: Cannot query field "clients" on type "Query".',
      ],
    ]);
  });
});
