import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { safelistSettings } from '../../../../gateway/access/safelist/safelist-config.ts';
import { type Environment, parseSettings, type Problems } from '../../../../settings/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'safelist-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function read(environment: Environment) {
  const problems: Problems = [];
  return { config: parseSettings(safelistSettings, environment, problems), problems };
}

const operation = { id: '1', name: 'Hello', type: 'query', body: 'query Hello { hello }' };
const manifest = (operations: unknown[], more = {}) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
  ...more,
});
const APOLLO = write('apollo.json', manifest([operation]));
const CODEGEN = write('codegen.json', { abc: 'query Bye { bye }' });

describe('the list of persisted operations', () => {
  it('is absent without a setting', () => {
    expect(read({})).toEqual({ config: undefined, problems: [] });
  });

  it('is read from the manifests of several clients, whichever tool wrote them', () => {
    expect(read({ PERSISTED_OPERATIONS: `${APOLLO}, ${CODEGEN}` })).toEqual({
      config: {
        mode: 'only',
        operations: [
          { id: '1', text: 'query Hello { hello }', name: 'Hello', type: 'query' },
          { id: 'abc', text: 'query Bye { bye }' },
        ],
      },
      problems: [],
    });
  });

  it('can be in the mode that logs without refusing', () => {
    expect(
      read({ PERSISTED_OPERATIONS: CODEGEN, PERSISTED_OPERATIONS_MODE: 'report' }).config?.mode,
    ).toBe('report');
  });

  it('is refused if a file is not JSON, with the line', () => {
    const file = write('no JSON.json', '{\n"a": ,\n}');
    expect(read({ PERSISTED_OPERATIONS: file }).problems).toEqual([
      `PERSISTED_OPERATIONS must name manifests, but ${file}:2 is not JSON.`,
    ]);
  });

  it.each([
    ['another format', { ...manifest([operation]), format: 'other' }],
    ['a later version', manifest([operation], { version: 2 })],
    ['an operation without a text', manifest([{ ...operation, body: undefined }])],
    ['no operations', manifest([])],
    ['nothing', {}],
    ['a text that is none', { abc: 1 }],
  ])('is refused if a file contains %s', (name, content) => {
    const file = write(`${name}.json`, content);
    expect(read({ PERSISTED_OPERATIONS: file }).problems).toEqual([
      `PERSISTED_OPERATIONS must name manifests with at least one operation, in Apollo's format or as documents by their hash, but "${file}" contains something else.`,
    ]);
  });

  it('is refused if a file is missing, and with a mode but no list', () => {
    expect(read({ PERSISTED_OPERATIONS: '/nowhere.json' }).problems).toEqual([
      'PERSISTED_OPERATIONS must name files that can be read, but "/nowhere.json" cannot.',
    ]);
    expect(read({ PERSISTED_OPERATIONS_MODE: 'only' }).problems).toEqual([
      'PERSISTED_OPERATIONS_MODE needs a safelist, but PERSISTED_OPERATIONS is not set.',
    ]);
    expect(
      read({ PERSISTED_OPERATIONS: CODEGEN, PERSISTED_OPERATIONS_MODE: 'off' }).problems,
    ).toEqual(['PERSISTED_OPERATIONS_MODE must be one of only, report.']);
  });
});
