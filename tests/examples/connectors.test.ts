import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { FEEDS } from '../../bin/feeds.ts';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { composeGraph } from '../../gateway/composition/compose-graph.ts';
import { readGraphFile } from '../../gateway/composition/graph-file.ts';
import { readSdl } from '../subgraphs/open-subgraph.ts';

const FOLDER = 'examples/connectors';

/** What the pages of the examples set. */
const ENVIRONMENT = {
  ERP_URL: 'http://127.0.0.1:4020/v2',
  ERP_API_KEY: 'erp-example-key',
  TICKETS_URL: 'http://127.0.0.1:4030',
  TICKETS_EMAIL: 'agent@example.com',
  TICKETS_API_TOKEN: 'tickets-example-token',
};

describe.each(readdirSync(FOLDER))('the graph of examples/connectors/%s', (name) => {
  it('is composed with the built-in subgraphs, without a problem', () => {
    const names = SUBGRAPHS.map((module) => module.name);
    const path = `${FOLDER}/${name}/graph.yaml`;
    const { graph, problems } = readGraphFile(path, ENVIRONMENT, names, { feeds: FEEDS, readSdl });
    expect(problems).toBeUndefined();
    const composed = graph && composeGraph(graph, { modules: SUBGRAPHS, readSdl });
    expect(composed?.problems).toBeUndefined();
    expect(composed?.composed).toBeDefined();
  });
});
