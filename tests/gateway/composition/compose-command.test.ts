import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import {
  runCheckCommand,
  runComposeCommand,
} from '../../../gateway/composition/compose-command.ts';
import { readSdl } from '../../subgraphs/open-subgraph.ts';
import { startStandInService, type StandInService } from '../engines/planned/stand-in-service.ts';

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Customer @key(fields: "id") { id: ID! points: Int }
`;
const SOURCES = {
  modules: SUBGRAPHS,
  readSdl,
  audiences: () => readFileSync('schema/audiences.yml', 'utf8'),
};

let folder: string;
let written: string[];
let reported: string[];
const output = {
  write: (line: string) => void written.push(line),
  report: (line: string) => void reported.push(line),
};
const path = (file: string) => join(folder, file);
const compose = (options: { from?: string; refresh?: boolean }) =>
  runComposeCommand(
    { graph: path('graph.yaml'), out: path('out'), ...options },
    {},
    output,
    SOURCES,
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-'));
  [written, reported] = [[], []];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('tributary compose --from', () => {
  const roverFile = (text: string) => {
    writeFileSync(path('supergraph.yaml'), text);
    return path('supergraph.yaml');
  };

  it('composes the built-in subgraphs with the services of a rover file', async () => {
    writeFileSync(path('loyalty.graphql'), SDL);
    const from = roverFile(`federation_version: =2.9.0
subgraphs:
  crm: { routing_url: http://localhost:4001/graphql, schema: { file: ./crm.graphql } }
  loyalty: { routing_url: http://localhost:4010/graphql, schema: { file: ./loyalty.graphql } }
`);

    expect(await compose({ from })).toBe(0);

    expect(readFileSync(path('out/api.graphql'), 'utf8')).toMatch(/\n {2}points: Int\n/);
    const supergraph = readFileSync(path('out/supergraph.graphql'), 'utf8');
    expect(supergraph).toContain('http://localhost:4010/graphql');
    expect(runCheckCommand({ graph: 'graph.yaml', from }, {}, output, SOURCES)).toBe(0);
    expect(written.at(-1)).toBe(`${from} has no problems.`);
  });

  it('writes the default URLs of the built-in subgraphs, for other gateways', async () => {
    expect(await compose({ from: roverFile('subgraphs: {}') })).toBe(0);
    const supergraph = readFileSync(path('out/supergraph.graphql'), 'utf8');
    for (const { name, port } of SUBGRAPHS)
      expect(supergraph).toContain(`"${name}", url: "http://localhost:${String(port)}/graphql"`);
  });

  it.each([
    [
      'subgraphs:\n  loyalty:\n    routing_url: http://localhost:4010\n    schema: { subgraph_url: http://localhost:4010 }',
      /supergraph\.yaml:4: subgraphs\.loyalty\.schema\.file must be the path of an SDL file; write the SDL of a running service with: rover subgraph introspect/,
    ],
    [
      'subgraphs:\n  loyalty:\n    schema: { file: ./loyalty.graphql }',
      /supergraph\.yaml:2: subgraphs\.loyalty\.routing_url must be set\./,
    ],
    [
      'subgraphs:\n  loyalty: { routing_url: "http://x", schema: { file: ./none.graphql } }',
      /supergraph\.yaml:2: subgraphs\.loyalty\.schema\.file must name a file that can be read, but is "\.\/none\.graphql"\./,
    ],
  ])('refuses %j with file and line, and writes nothing', async (text, problem) => {
    expect(await compose({ from: roverFile(text) })).toBe(1);
    expect([written, reported]).toEqual([[], [expect.stringMatching(problem)]]);
  });

  it('refuses a file that cannot be read', async () => {
    expect(await compose({ from: 'none.yaml' })).toBe(1);
    expect(reported).toEqual(['--from must name a file that can be read, but is "none.yaml".']);
  });
});

describe('tributary compose --refresh', () => {
  let service: StandInService;
  const graphYaml = (url: string) => {
    const builtIn = SUBGRAPHS.map(({ name }) => `  ${name}: { builtin: ${name} }`).join('\n');
    writeFileSync(
      path('graph.yaml'),
      `version: 1\nsubgraphs:\n${builtIn}\n  loyalty: { url: ${url}, schema: ./loyalty.graphql }\n`,
    );
  };
  beforeEach(async () => {
    service = await startStandInService(() => undefined);
    graphYaml(service.url);
  });
  afterEach(() => service.close());

  it('writes the SDL that the service returns, also if its file does not exist yet', async () => {
    service.answer = () => ({ data: { _service: { sdl: SDL } } });

    expect(await compose({ refresh: true })).toBe(0);

    expect(readFileSync(path('loyalty.graphql'), 'utf8')).toBe(SDL);
    expect(reported).toEqual([`${path('loyalty.graphql')} is now the SDL of the service loyalty.`]);
    expect(service.requests).toHaveLength(1);
  });

  it('reports that a file is up to date', async () => {
    service.answer = () => ({ data: { _service: { sdl: SDL } } });
    writeFileSync(path('loyalty.graphql'), SDL);

    expect(await compose({ refresh: true })).toBe(0);

    expect(reported).toEqual([`${path('loyalty.graphql')} is the SDL of the service loyalty.`]);
  });

  it.each([
    [
      'no SDL',
      { errors: [{ message: 'Unknown field _service.' }] },
      /has no SDL \(status 200\)\.$/,
    ],
    ['SDL that is none', { data: { _service: { sdl: 'type {' } } }, /its SDL cannot be parsed: /],
  ])('does not change the file of a service that returns %s', async (_title, response, problem) => {
    service.answer = () => response;
    writeFileSync(path('loyalty.graphql'), SDL);

    expect(await compose({ refresh: true })).toBe(1);

    expect([written, reported]).toEqual([[], [expect.stringMatching(problem)]]);
    expect(readFileSync(path('loyalty.graphql'), 'utf8')).toBe(SDL);
  });

  it('does not change the file of a service that does not respond', async () => {
    graphYaml('http://127.0.0.1:1/graphql');
    writeFileSync(path('loyalty.graphql'), SDL);

    expect(await compose({ refresh: true })).toBe(1);

    expect(reported).toEqual([
      'The SDL of the service loyalty was not read: the service did not respond.',
    ]);
  });
});
