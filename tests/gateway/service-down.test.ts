import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { composeSupergraph } from '../federation/compose-supergraph.ts';
import { readMetrics, samplesOf } from '../monitoring/read-metrics.ts';
import { freePort } from '../state/redis-server.ts';
import { startStandInService, type StandInService } from './engines/planned/stand-in-service.ts';
import { sendOperation } from './start-gateway.ts';

const ANSWER: StandInService['answer'] = () => ({ data: { programmes: null, payments: null } });

interface Mode {
  /** The name of the service that is down. */
  readonly service: string;
  readonly query: string;
  readonly environment: (url: string, folder: string) => Record<string, string>;
}

const MODES: Readonly<Record<string, Mode>> = {
  'a service of graph.yaml': {
    service: 'loyalty',
    query: '{ programmes { id } }',
    environment: (url) => ({
      GRAPH: resolve('examples/own-graph/graph.yaml'),
      LOYALTY_URL: url,
    }),
  },
  'a service of a SUPERGRAPH': {
    service: 'club',
    query: '{ programmes { id } }',
    environment: (url, folder) => {
      const file = join(folder, 'supergraph.graphql');
      const sdl =
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"]) type Query { programmes: [Programme] } type Programme @key(fields: "id") { id: ID! }';
      writeFileSync(file, composeSupergraph([{ name: 'club', url, sdl }]).sdl);
      return { SUPERGRAPH: file, ACCESS_OPEN_CONFIRM: '1' };
    },
  },
  'the service of a built-in subgraph': {
    service: 'payments',
    query: '{ payments(first: 1) { nodes { id } } }',
    environment: (url) => ({
      CRM_SUBGRAPH_URL: 'http://127.0.0.1:1/graphql',
      PAYMENTS_SUBGRAPH_URL: url,
      MAPS_SUBGRAPH_URL: 'http://127.0.0.1:1/graphql',
      ACCESS_OPEN_CONFIRM: '1',
    }),
  },
};

let folder: string;
let service: StandInService;
let program: Program | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'service-down-'));
  // No other server gets it while the service is down.
  service = await startStandInService(ANSWER, await freePort());
});
afterEach(async () => {
  await program?.end();
  await service.close();
  rmSync(folder, { recursive: true });
});

describeBuilt.each(Object.entries(MODES))('%s that is down', (_what, mode) => {
  it('is named by errors, metrics, /health/ready and one line of the log, and is up once it answers', async () => {
    const name = mode.service;
    await service.close();
    program = startProgram('gateway.js', [], {
      PORT: '0',
      ACCESS: 'open',
      SUBGRAPH_SECRET: 'known-to-services-of-ours-alone-0123456789',
      LOG_LEVEL: 'warn',
      ...mode.environment(service.url, folder),
    });
    const url = await program.url;
    const health = async () => (await fetch(`${url}/health/ready`)).json();
    expect(await health()).toMatchObject({ status: 'ready', services: { [name]: 'up' } });

    for (let request = 0; request < 3; request += 1)
      expect((await sendOperation(url, { query: mode.query })).errors).toMatchObject([
        { extensions: { code: 'UPSTREAM_UNAVAILABLE', service: name } },
      ]);
    expect(await health()).toMatchObject({ status: 'degraded', services: { [name]: 'failing' } });
    const metrics = await readMetrics(url);
    expect(samplesOf(metrics, 'tributary_service_requests_total')).toEqual({
      [`{service="${name}",result="UPSTREAM_UNAVAILABLE"}`]: 3,
    });
    expect(samplesOf(metrics, 'tributary_service_up')).toMatchObject({
      [`{service="${name}"}`]: 0,
    });
    const lines = program.output().split('\n');
    const logged = lines.filter((line) => line.includes('"a service is failing"'));
    expect(logged.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 40, service: name, code: 'UPSTREAM_UNAVAILABLE' },
    ]);

    service = await startStandInService(ANSWER, Number(new URL(service.url).port));
    await sendOperation(url, { query: mode.query });
    expect(await health()).toMatchObject({ status: 'ready', services: { [name]: 'up' } });
    const later = await readMetrics(url);
    expect(samplesOf(later, 'tributary_service_up')).toMatchObject({ [`{service="${name}"}`]: 1 });
  });
});
