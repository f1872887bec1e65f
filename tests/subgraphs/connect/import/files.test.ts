import { describe, expect, it } from '@jest/globals';
import { newGraphFile, withGraphEntry } from '../../../../subgraphs/connect/import/graph-entry.ts';
import {
  differences,
  readWrittenFile,
  writtenFile,
} from '../../../../subgraphs/connect/import/own-part.ts';

const ENTRY = {
  name: 'erp',
  connectors: './erp.graphql',
  policy: ["auth: { bearer: '${ERP_TOKEN}' }"],
};
const ADDED = `  erp:
    connectors: ./erp.graphql
    sources:
      erp:
        auth: { bearer: '\${ERP_TOKEN}' }
`;

describe('the entry of an imported API in graph.yaml', () => {
  it('comes with the built-in subgraphs if there is no file', () => {
    expect(newGraphFile(['crm', 'maps'], ENTRY)).toBe(
      `# yaml-language-server: $schema=node_modules/tributary/schema/graph-file.schema.json\nversion: 1\nsubgraphs:\n  crm: { builtin: crm }\n  maps: { builtin: maps }\n${ADDED}`,
    );
  });

  it.each([
    ['at the end', '# Ours.\nversion: 1\nsubgraphs:\n  crm: { builtin: crm } # the CRM\n', ''],
    [
      'at the end of a file without a last line end',
      'version: 1\nsubgraphs:\n  crm: { builtin: crm }',
      '',
    ],
    [
      'behind the last subgraph, before what follows',
      'subgraphs:\n  shop:\n    url: http://a # where it is\n',
      '\n# The version.\nversion: 1\n',
    ],
  ])('is added %s, and everything else is unchanged', (_where, before, after) => {
    const expected = `${before}${before.endsWith('\n') ? '' : '\n'}${ADDED}${after}`;
    expect(withGraphEntry(`${before}${after}`, 'graph.yaml', ENTRY)).toBe(expected);
  });

  it('is indented like its neighbours', () => {
    expect(withGraphEntry('subgraphs:\n    crm: { builtin: crm }\n', 'graph.yaml', ENTRY)).toBe(
      `subgraphs:\n    crm: { builtin: crm }\n${ADDED.replaceAll(/^/gm, '  ').trimEnd()}\n`,
    );
  });

  it('is not changed if it exists: its policy is the operator’s', () => {
    const text =
      'subgraphs:\n  erp: { connectors: ./erp.graphql, sources: { erp: { retries: 2 } } }\n';
    expect(withGraphEntry(text, 'graph.yaml', ENTRY)).toBe(text);
  });

  it.each([
    [
      'subgraphs:\n  erp: { url: http://a }\n',
      /^graph\.yaml has a subgraph erp that is not \.\/erp\.graphql/,
    ],
    ['subgraphs: { crm: { builtin: crm } }\n', /must have its subgraphs in lines of their own/],
    ['version: 1\n', /must have its subgraphs in lines of their own/],
    ['a: [\n', /must have its subgraphs in lines of their own/],
  ])('is refused if the file has no position for it: %j', (text, message) => {
    expect(() => withGraphEntry(text, 'graph.yaml', ENTRY)).toThrow(message);
  });
});

describe('a file that import regenerates', () => {
  it('keeps manual additions below its marker line', () => {
    const text = `${writtenFile('type A { a: Int }\n', 'api.yaml')}extend type A { b: Int }\n`;
    const { own, isEdited, generated } = readWrittenFile(text, 'erp.graphql');
    expect({ own, isEdited, generated }).toEqual({
      own: 'extend type A { b: Int }\n',
      isEdited: false,
      generated: 'type A { a: Int }\n',
    });
    expect(writtenFile(generated, 'api.yaml', own)).toBe(text);
  });

  it('reports edits in the generated part', () => {
    const text = writtenFile('type A { a: Int }\n', 'api.yaml').replace('Int', 'String');
    expect(readWrittenFile(text, 'erp.graphql').isEdited).toBe(true);
  });

  it('is not recognised if a person has written it', () => {
    expect(() => readWrittenFile('type A { a: Int }\n', './erp.graphql')).toThrow(
      /^\.\/erp\.graphql was not written by tributary import, so it stays\./,
    );
  });

  it('is compared by its parts', () => {
    const before = 'type A {\n  a: Int\n  b: Int\n}\n\ntype B {\n  b: Int\n}\n';
    const after = 'type A {\n  a: String\n  b: Int\n}\n\ntype C {\n  c: Int\n}\n';
    expect(differences(before, after)).toEqual([
      '~ type A',
      '    - a: Int',
      '    + a: String',
      '+ type C',
      '- type B',
    ]);
    expect(differences(before, before)).toEqual([]);
  });
});
