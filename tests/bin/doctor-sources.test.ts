import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readSdl } from '../subgraphs/open-subgraph.ts';
import { runDoctor } from '../../bin/doctor.ts';
import { type Api, startApi } from '../subgraphs/connect/start-api.ts';
import { HEAD } from '../subgraphs/connect/start-connectors.ts';
import { GraphFolder } from './graph-folder.ts';

const SOURCES = ['good', 'wrong', 'tokens', 'rotating', 'unknown'];

let api: Api;
let folder: GraphFolder;
beforeEach(async () => {
  api = await startApi(({ path, headers }) =>
    path === '/token' || headers['x-key'] === 'right-key'
      ? { body: {} }
      : { status: 401, body: {} },
  );
  folder = new GraphFolder();
  const sources = SOURCES.map(
    (name) => `@source(name: "${name}", http: { baseURL: "${api.url}" })`,
  );
  const fields = SOURCES.map(
    (name) => `${name}: String @connect(source: "${name}", http: { GET: "/" }, selection: "$.a")`,
  );
  folder.write('erp.graphql', `${HEAD} ${sources.join(' ')} type Query { ${fields.join(' ')} }`);
  const oauth2 = `tokenUrl: "${api.url}/token", clientId: me, clientSecret: s3cret`;
  folder.write(
    'graph.yaml',
    `version: 1
subgraphs:
  crm: { builtin: crm }
  erp:
    connectors: ./erp.graphql
    sources:
      good: { probe: /health, auth: { header: { name: x-key, value: right-key } } }
      wrong: { probe: /health, auth: { header: { name: x-key, value: wrong-key } } }
      tokens: { auth: { oauth2: { ${oauth2} } } }
      rotating: { auth: { oauth2: { ${oauth2}, refreshToken: r3fresh } } }
`,
  );
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  folder.remove();
});

it('tributary doctor tries the credential of each source that it can, and says which it does not try', async () => {
  const written: string[] = [];
  const write = (line: string) => void written.push(line);
  const code = await runDoctor([], { GRAPH: folder.graph }, { write, report: write }, readSdl);
  const rows = written.map((line) => line.trim().replace(/ {2,}/g, ' | '));
  expect(rows).toEqual(
    expect.arrayContaining([
      'good | probe | /health | ok',
      'wrong | probe | /health | refused',
      'tokens | token | client credentials | ok',
      'rotating | not tried: a refresh token can be used up by a trial',
      'unknown | not tried: sources.unknown has no probe: /path',
      '1. Check auth of sources.wrong: GET /health is answered with the status 401.',
    ]),
  );
  expect(code).toBe(1);
  expect(written.join()).not.toMatch(/right-key|wrong-key|s3cret|r3fresh/);
  expect(api.requests.map(({ path }) => path).sort()).toEqual(['/health', '/health', '/token']);
});
