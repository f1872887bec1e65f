import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt } from '../built-program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fields-'));
  writeFileSync(
    join(folder, 'graph.yaml'),
    'version: 1\nsubgraphs:\n  crm: { builtin: crm, extend: ./crm.fields.graphql }\n  payments: { builtin: payments }\n  maps: { builtin: maps }\n',
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const fields = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/tributary.js', 'fields', ...args],
    { env: { ...process.env, HUBSPOT_ACCESS_TOKEN: '', GRAPH: '' }, encoding: 'utf8' },
  );
  return { status, stdout, stderr: stderr.trim().split('\n') };
};

const SANDBOX = "HUBSPOT_ACCESS_TOKEN is not set, so the account is the sandbox's.";

describeBuilt('tributary fields', () => {
  it('suggests a file of custom fields that agrees with the account', () => {
    const suggested = fields('suggest', 'crm');
    expect([suggested.status, suggested.stderr]).toEqual([0, [SANDBOX]]);
    writeFileSync(join(folder, 'crm.fields.graphql'), suggested.stdout);
    const graph = join(folder, 'graph.yaml');
    expect(fields('check', '--graph', graph)).toEqual({
      status: 0,
      stdout: 'The custom fields agree with the account.\n',
      stderr: [SANDBOX],
    });
    // What the graph has already is not suggested again.
    expect(fields('suggest', 'crm', '--graph', graph).stdout.trim()).toBe('');
  });

  it('names what does not agree with the account, with file and line, and exits with code 1', () => {
    writeFileSync(
      join(folder, 'crm.fields.graphql'),
      'extend type Deal {\n  x: Int @property(name: "nothing")\n}\n',
    );
    expect(fields('check', '--graph', join(folder, 'graph.yaml'))).toEqual({
      status: 1,
      stdout: '',
      stderr: [
        SANDBOX,
        './crm.fields.graphql:2: The account does not have the property "nothing" of Deal.x. Create it, or remove the field.',
      ],
    });
  });

  it.each([[[]], [['suggest']], [['suggest', 'maps']], [['check', 'crm']], [['check', '--what']]])(
    'says how it is used after %j',
    (args) => {
      const { status, stdout, stderr } = fields(...args);
      expect([status, stdout, stderr[0]]).toEqual([
        1,
        '',
        'tributary fields suggest <subgraph> [--graph ./graph.yaml]',
      ]);
    },
  );
});
