import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { codeBlock } from '../docs/code-blocks.ts';
import { freePort } from '../state/redis-server.ts';
import { describeWith } from './tools.ts';

const MINUTE = 60_000;

const isAsked = process.env['BUILD_IMAGE'] === '1';
if (!isAsked)
  console.warn('Skipped: building the image loads packages of Debian and npm. Set BUILD_IMAGE=1.');

const describeImage = isAsked ? describeWith('buildah', 'mmdebstrap', 'unshare') : describe.skip;

describeImage('the image of deploy/Dockerfile', () => {
  let directory: string;
  let image: z.infer<typeof imageConfig>;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'image-'));
    execFileSync('bash', ['tests/deploy/build-image.sh', directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    image = imageFile.parse(JSON.parse(readFileSync(join(directory, 'image.json'), 'utf8'))).Docker
      .config;
  }, 20 * MINUTE);
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  }, MINUTE);

  /** Runs a program in the image's files, read-only, as its user, with its environment. */
  function run(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const { User, WorkingDir, Env } = image;
    const files = join(directory, 'image');
    return spawn(
      'unshare',
      [
        '--mount',
        'tests/deploy/run-image.sh',
        files,
        User,
        WorkingDir,
        ...Env,
        ...variables,
        ...command,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
  }

  const start = (environment: Readonly<Record<string, string>>) =>
    run([...image.Entrypoint, ...image.Cmd], environment);

  const check = async (PORT: string) => {
    const [kind, ...command] = image.Healthcheck.Test;
    expect(kind).toBe('CMD');
    return exitCodeOf(run(command, { PORT }));
  };

  it(
    "answers the README's query in the sandbox, is healthy, and ends on SIGTERM with code 0",
    async () => {
      const port = String(await freePort());
      const container = start({ NODE_ENV: 'development', PORT: port });
      await lineOf(container, /listens on/);
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: codeBlock('README.md', 'graphql') }),
      });
      expect(await response.json()).toEqual(JSON.parse(codeBlock('README.md', 'json')));
      const status = readFileSync(`/proc/${String(container.pid)}/status`, 'utf8');
      expect(/^Uid:\t(.*)$/m.exec(status)?.[1]?.split('\t')).toEqual([
        '1000',
        '1000',
        '1000',
        '1000',
      ]);
      expect(await check(port)).toBe(0);
      expect(image.StopSignal).toBe('SIGTERM');
      container.kill('SIGTERM');
      expect(await exitCodeOf(container)).toBe(0);
      expect(await check(port)).toBe(1);
    },
    MINUTE,
  );

  it(
    'cannot write to its files',
    async () => {
      const writer = run(['node', '-e', "require('node:fs').writeFileSync('/app/new', '')"]);
      expect(await lineOf(writer, /EROFS|EACCES/)).toMatch(/EROFS/);
    },
    MINUTE,
  );

  it(
    'runs in production unless it is told otherwise, and then requires the credentials of the vendors',
    async () => {
      const container = start({});
      expect(await lineOf(container, /STRIPE_SECRET_KEY/)).toContain('HUBSPOT_ACCESS_TOKEN');
      expect(await exitCodeOf(container)).toBe(1);
    },
    MINUTE,
  );

  it(
    'runs the other programs',
    async () => {
      const keys = run([...image.Entrypoint, 'dist/tributary.js', 'keys', 'create']);
      expect(await lineOf(keys, /--name/)).toContain('--name');
    },
    MINUTE,
  );

  it('has the files of the npm package, and no npm', () => {
    const root = join(directory, 'image');
    expect(readdirSync(join(root, 'app')).sort()).toEqual(['dist', 'package.json', 'schema']);
    expect(readdirSync(join(root, 'usr/local/bin'))).toEqual(['node']);
    expect(existsSync(join(root, 'usr/local/lib/node_modules'))).toBe(false);
  });

  it('says what it is', () => {
    expect(image.Labels).toMatchObject({
      'org.opencontainers.image.title': 'Tributary',
      'org.opencontainers.image.version': expect.any(String),
      'org.opencontainers.image.revision': expect.any(String),
    });
    // A number: Kubernetes cannot tell that a name is not root.
    expect(image.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });
});

const imageConfig = z.object({
  User: z.string(),
  Env: z.array(z.string()),
  Entrypoint: z.array(z.string()),
  Cmd: z.array(z.string()),
  WorkingDir: z.string(),
  StopSignal: z.string(),
  Labels: z.record(z.string(), z.string()),
  Healthcheck: z.object({ Test: z.array(z.string()) }),
});
const imageFile = z.object({ Docker: z.object({ config: imageConfig }) });

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** @returns what a program has written to stderr when a line of it matches, or when it has ended */
async function lineOf(child: ChildProcess, line: RegExp): Promise<string> {
  let output = '';
  for await (const text of child.stderr?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ??
    []) {
    output += String(text);
    if (line.test(output)) break;
  }
  child.stderr?.resume();
  return output;
}
