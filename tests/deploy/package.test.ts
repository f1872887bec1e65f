import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeBuilt } from '../built-program.ts';
import { codeBlock } from '../docs/code-blocks.ts';
import { freePort } from '../state/redis-server.ts';

const packed = z.tuple([
  z.object({
    filename: z.string(),
    size: z.number(),
    files: z.array(z.object({ path: z.string() })),
  }),
]);

describeBuilt('the npm package', () => {
  let directory: string;
  let archive: z.infer<typeof packed>[0];
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'package-'));
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', directory];
    [archive] = packed.parse(JSON.parse(execFileSync('npm', args, { encoding: 'utf8' })));
    execFileSync('tar', ['-xzf', join(directory, archive.filename), '-C', directory]);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('has the built programs, the playground and the schemas, and nothing else', () => {
    const places = archive.files.map(({ path }) =>
      path
        .replace(/^dist\/(chunks|playground)\/.*\.(js|css|ttf|html|svg)(\.br|\.gz)?$/, 'dist/$1/')
        .replace(/^schema\/audiences\/\w+\.graphql$/, 'schema/audiences/'),
    );
    expect([...new Set(places)].sort()).toEqual([
      'README.md',
      'dist/chunks/',
      'dist/composer.js',
      'dist/distributed.js',
      'dist/gateway.js',
      'dist/planner.js',
      'dist/playground/',
      'dist/sandbox.js',
      'dist/subgraph.js',
      'dist/tributary.js',
      'package.json',
      'schema/api.graphql',
      'schema/audiences.yml',
      'schema/audiences/',
      'schema/crm.graphql',
      'schema/feeds/rates-computed.graphql',
      'schema/feeds/rates.graphql',
      'schema/feeds/weather.graphql',
      'schema/graph-file.schema.json',
      'schema/maps.graphql',
      'schema/payments.graphql',
      'schema/supergraph.graphql',
    ]);
  });

  it('has less than 10 MB in less than 250 files', () => {
    expect(archive.size).toBeLessThan(10_000_000);
    expect(archive.files.length).toBeLessThan(250);
  });

  it("answers the README's query without any other file or package", async () => {
    const port = String(await freePort());
    const gateway = spawn(process.execPath, ['package/dist/gateway.js'], {
      cwd: directory,
      env: { PORT: port },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    for await (const text of gateway.stderr
      .setEncoding('utf8')
      .iterator({ destroyOnReturn: false }))
      if (String(text).includes('listens on')) break;
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: codeBlock('README.md', 'graphql') }),
    });
    gateway.kill();
    expect(await response.json()).toEqual(JSON.parse(codeBlock('README.md', 'json')));
  });

  it('composes a graph with a data feed', () => {
    const graph = ['compose', '--graph', 'examples/connectors/weather/graph.yaml'];
    const program = join(directory, 'package/dist/tributary.js');
    execFileSync(process.execPath, [program, ...graph, '--out', directory]);
    expect(readFileSync(join(directory, 'api.graphql'), 'utf8')).toContain('HourlyForecast');
  });

  it('composes a graph with a service of its own', () => {
    const graph = ['compose', '--graph', 'examples/own-graph/graph.yaml', '--out', directory];
    execFileSync(process.execPath, [join(directory, 'package/dist/tributary.js'), ...graph], {
      env: { LOYALTY_URL: 'http://127.0.0.1:4010/graphql' },
    });
    expect(readFileSync(join(directory, 'api.graphql'), 'utf8')).toContain('loyaltyTier');
  });
});
