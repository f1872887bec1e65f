import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FEEDS } from '../../../bin/feeds.ts';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { composeGraph } from '../../../gateway/composition/compose-graph.ts';
import { readGraphFile } from '../../../gateway/composition/graph-file.ts';
import type { Environment } from '../../../settings/settings.ts';
import { readSdl } from '../../subgraphs/open-subgraph.ts';

const folder = mkdtempSync(join(tmpdir(), 'graph-feeds-'));
const path = join(folder, 'graph.yaml');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Reads a graph of the built-in subgraphs and this one. */
function read(subgraph: string, environment: Environment = {}) {
  const builtIn = SUBGRAPHS.map(({ name }) => name);
  const lines = builtIn.map((name) => `  ${name}: { builtin: ${name} }`);
  writeFileSync(path, ['version: 1', 'subgraphs:', ...lines, `  ${subgraph}`].join('\n'));
  const feeds = { feeds: FEEDS, readSdl };
  const { graph, problems = [] } = readGraphFile(path, environment, builtIn, feeds);
  return { graph, problems: problems.map((problem) => problem.replaceAll(path, 'graph.yaml')) };
}

describe('a data feed in a graph.yaml', () => {
  it.each(FEEDS.map(({ name }) => name))('composes with the built-in subgraphs: %s', (name) => {
    const { graph, problems } = read(`${name}: { feed: ${name} }`);
    expect(problems).toEqual([]);
    if (graph === undefined) throw new Error('A graph was expected.');
    const { composed, problems: found } = composeGraph(graph, { modules: SUBGRAPHS, readSdl });
    expect(found).toBeUndefined();
    expect(composed?.supergraph.sdl).not.toContain('join__directive');
  });

  it('can have a name of its own', () => {
    expect(read('forecasts: { feed: weather }').graph?.connectors?.[0]?.name).toBe('forecasts');
  });

  it.each([
    [
      'must be known',
      'weather: { feed: tides }',
      /^graph\.yaml:6: subgraphs\.weather\.feed .*weather/,
    ],
    [
      'has no other keys',
      'weather: { feed: weather, url: x }',
      /^graph\.yaml:6: subgraphs\.weather\.url is not known here/,
    ],
    ['cannot have the name of a built-in subgraph', 'maps: { feed: weather }', /maps/],
  ])('%s', (_title, subgraph, expected) => {
    const { problems } = read(subgraph);
    expect(problems).toEqual([expect.stringMatching(expected)]);
  });

  it('requires a contact in production', () => {
    const { problems } = read('weather: { feed: weather }', { NODE_ENV: 'production' });
    expect(problems).toEqual([expect.stringMatching(/^FEEDS_CONTACT must be set in production/)]);
  });
});
