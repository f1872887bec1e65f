import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt } from '../built-program.ts';
import { codeBlock } from '../docs/code-blocks.ts';
import { installPackage } from '../install-package.ts';
import { freePort } from '../state/redis-server.ts';

const MINUTE = 60_000;

/** The folders of `node` by their versions. */
const versions = ['22', '24'].map((version) => {
  const folder = installPackage(`node@${version}`);
  return [version, folder && join(folder, 'node_modules/node/bin')] as const;
});

describeBuilt('npx with the packed package, in an empty folder', () => {
  let folder: string;
  let archive: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'npx-'));
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    archive = join(folder, execFileSync('npm', pack, { encoding: 'utf8' }).trim());
  }, MINUTE);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    [process.versions.node.split('.')[0] ?? '', dirname(process.execPath)] as const,
    ...versions.filter(([, bin]) => bin !== undefined),
  ])(
    "starts on Node.js %s, answers the README's query and ends on SIGTERM",
    async (version, bin = '') => {
      const empty = mkdtempSync(join(folder, 'empty-'));
      const port = String(await freePort());
      // Node.js of this version comes first; npx is the one of this machine.
      const path = [bin, dirname(process.execPath), process.env['PATH']].join(':');
      const npx = spawn('npx', ['--yes', `file:${archive}`, 'start'], {
        cwd: empty,
        env: {
          PATH: path,
          HOME: process.env['HOME'],
          npm_config_cache: join(folder, 'cache'),
          PORT: port,
        },
        stdio: ['ignore', 'inherit', 'pipe'],
        detached: true,
      });
      const ended = once(npx, 'exit');
      let output = '';
      for await (const text of npx.stderr
        .setEncoding('utf8')
        .iterator({ destroyOnReturn: false })) {
        output += String(text);
        if (output.includes('listens on')) break;
      }
      expect(output).toContain('listens on');
      npx.stderr.resume();
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: codeBlock('README.md', 'graphql') }),
      });
      expect(await response.json()).toEqual(JSON.parse(codeBlock('README.md', 'json')));
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(/nodejs_version_info\{version="v([^"]+)"/.exec(metrics)?.[1]).toMatch(
        new RegExp(`^${version}\\.`),
      );
      process.kill(-(npx.pid ?? NaN), 'SIGTERM');
      await ended;
    },
    5 * MINUTE,
  );
});
