import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type GatewayResponse, startTestGateway, type TestGateway } from '../start-gateway.ts';
import { runProcess, TSX } from '../../run-process.ts';
import { type RedisServer, startRedis } from '../../state/redis-server.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';

const QUERY = '{ customers(first: 1) { nodes { id } } }';
const KEY = /^trib_[0-9A-Za-z]{50}\n$/;

let redis: RedisServer;
let file: KeyFile;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  file = await createKeyFile();
});
afterEach(() => file.remove());

const run = (environment: Record<string, string>, ...args: readonly string[]) =>
  runProcess(TSX, ['bin/tributary.ts', 'keys', ...args], environment);

const PLACES = [
  ['a file', () => ({ API_KEYS_FILE: file.path })],
  ['Redis', () => ({ REDIS_URL: redis.url })],
] as const;

/** Asks until the answer is what it is going to be after some seconds. */
async function statusBecomes(
  status: number,
  gateway: TestGateway,
  key: string,
): Promise<GatewayResponse> {
  const answer = await gateway.query(QUERY, {}, { authorization: `Bearer ${key}` });
  return answer.status === status ? answer : statusBecomes(status, gateway, key);
}

describe.each(PLACES)('API keys in %s', (_name, place) => {
  it('are created, accepted by every instance, listed, and refused once they are revoked', async () => {
    const environment = place();
    const gateways = [
      await startTestGateway({ environment: { ACCESS: 'closed', ...environment } }),
      await startTestGateway({ environment: { ACCESS: 'closed', ...environment } }),
    ];
    const created = await run(
      environment,
      'create',
      '--name',
      'Mobile app',
      '--scopes',
      'personal:read,payments:read',
      '--expires',
      '90d',
    );
    expect(created).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(KEY) });
    const key = created.stdout.trim();
    const id = key.slice(5, 17);
    expect(created.stderr).toContain(`the key ${id} for Mobile app`);
    for (const gateway of gateways)
      expect((await statusBecomes(200, gateway, key)).errors).toBeUndefined();

    const listed = await run(environment, 'list');
    expect(listed.stdout).toMatch(
      new RegExp(
        `^${id} +active +\\d{4}-\\d\\d-\\d\\d +personal:read,payments:read +Mobile app$`,
        'm',
      ),
    );
    expect(await run(environment, 'revoke', id)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('is revoked'),
    });
    for (const gateway of gateways)
      expect((await statusBecomes(401, gateway, key)).errors?.[0]?.message).toBe(
        'The API key was revoked.',
      );
    expect((await run(environment, 'list')).stdout).toMatch(new RegExp(`^${id} +revoked `, 'm'));
    // Once more changes nothing.
    expect((await run(environment, 'revoke', id)).exitCode).toBe(0);
    for (const gateway of gateways) {
      expect(gateway.log.join('')).not.toContain(key);
      await gateway.close();
    }
  }, 120_000);
});

describe('the scopes of a new key', () => {
  const create = (scopes: string, environment: Record<string, string> = {}) =>
    run(
      { API_KEYS_FILE: file.path, ...environment },
      ...['create', '--name', 'x', '--scopes', scopes],
    );

  it('must be known to the graph: the error names the unknown ones and the known ones', async () => {
    expect(await create('paymnts:read,personal:read,pii')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr:
        '--scopes must be scopes of the graph (crm:write, payments:read, payments:write, personal:read), but got "paymnts:read, pii". If your own services have further scopes, set GRAPH or SUPERGRAPH as for the gateway.\n',
    });
    expect(await file.ring.list()).toEqual([]);
  });

  it('can be those of the services that GRAPH names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'graph-'));
    const graph = join(folder, 'graph.yaml');
    await writeFile(
      graph,
      'version: 1\nsubgraphs:\n  crm: { builtin: crm }\n  payments: { builtin: payments }\n  maps: { builtin: maps }\n  hr: { url: http://127.0.0.1:1/graphql, schema: hr.graphql }\n',
    );
    await writeFile(
      join(folder, 'hr.graphql'),
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@requiresScopes"])\ntype Query { salaries: [Int] @requiresScopes(scopes: [["hr:read"]]) }\n',
    );
    const known = await create('hr:read,personal:read', { GRAPH: graph });
    expect(known).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(KEY) });
    expect(await create('hr:write', { GRAPH: graph })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('(crm:write, hr:read, payments:read,'),
    });
    await rm(folder, { recursive: true });
  });

  it('can be those of the file that SUPERGRAPH names', async () => {
    const supergraph = (await readFile('schema/supergraph.graphql', 'utf8')).replaceAll(
      'crm:write',
      'sales:write',
    );
    await writeFile(`${file.path}.graphql`, supergraph);
    const environment = { SUPERGRAPH: `${file.path}.graphql` };
    expect((await create('sales:write', environment)).exitCode).toBe(0);
    expect((await create('crm:write', environment)).exitCode).toBe(1);
    await rm(`${file.path}.graphql`);
  });

  it('can be any if a policy module decides on them', async () => {
    expect((await create('beta-testers', { POLICIES: '/policies.mjs' })).exitCode).toBe(0);
  });
});

describe('keys in a file', () => {
  it('are stored as hashes, in a file that other users cannot read', async () => {
    const { stdout } = await run(
      { API_KEYS_FILE: file.path },
      'create',
      '--name',
      'x',
      '--scopes',
      'none',
    );
    const stored = JSON.stringify(await file.ring.list());
    expect(stored).toContain('"hash"');
    expect(stored).not.toContain(stdout.trim().slice(17));
    expect((await stat(file.path)).mode & 0o077).toBe(0);
  });

  it('are all stored when several are created concurrently', async () => {
    await Promise.all(Array.from({ length: 10 }, () => file.add()));
    expect(await file.ring.list()).toHaveLength(10);
  });

  it('remain valid while the file cannot be read, and are unknown when it is deleted', async () => {
    const key = await file.add();
    const gateway = await startTestGateway({
      environment: { ACCESS: 'closed', API_KEYS_FILE: file.path },
    });
    await statusBecomes(200, gateway, key);
    await writeFile(file.path, '{');
    while (!gateway.log.some((line) => line.includes('cannot be read')))
      await statusBecomes(200, gateway, key);
    await rm(file.path);
    expect((await statusBecomes(401, gateway, key)).errors?.[0]?.message).toBe(
      'The API key is unknown.',
    );
    await gateway.close();
  });
});

describe('keys in Redis', () => {
  it('that were used recently remain valid while Redis is disconnected; others cannot be checked', async () => {
    const environment = { REDIS_URL: redis.url };
    const gateway = await startTestGateway({ environment: { ACCESS: 'closed', ...environment } });
    const [known, other] = await Promise.all(
      ['a', 'b'].map(async (name) =>
        (await run(environment, 'create', '--name', name, '--scopes', 'all')).stdout.trim(),
      ),
    );
    await statusBecomes(200, gateway, known ?? '');
    await redis.stop();
    expect((await statusBecomes(200, gateway, known ?? '')).errors).toBeUndefined();
    const { status, errors } = await statusBecomes(502, gateway, other ?? '');
    expect([status, errors]).toEqual([
      502,
      [
        {
          message: 'The credential cannot be checked at the moment. Try again later.',
          extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfter: 5 },
        },
      ],
    ]);
    expect(await run(environment, 'list')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Redis (REDIS_URL) does not respond.\n',
    });
    await redis.start();
    await gateway.close();
  });
});

describe('tributary keys', () => {
  it('reports all problems of a new key, and creates none', async () => {
    const invalid = [
      '--scopes',
      'a"b',
      '--expires',
      '2031-02-29',
      '--max-concurrent',
      '0',
      '--cost-per-minute',
      'x',
    ];
    expect(await run({ API_KEYS_FILE: file.path }, 'create', ...invalid)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: [
        "--name must be the name of the key's owner, in at most 100 characters.",
        '--scopes must be scopes separated by commas or spaces, "none" or "all".',
        '--expires must be a number of days such as 90d, a date in the future such as 2027-12-31, or "never".',
        '--cost-per-minute must be an integer from 1 to 999999999.',
        '--max-concurrent must be an integer from 1 to 999999999.',
        '',
      ].join('\n'),
    });
    expect(await file.ring.list()).toEqual([]);
  });

  it('stores the limits and the audience of a key', async () => {
    const limits = [
      '--requests-per-minute',
      '60',
      '--cost-per-minute',
      '1000',
      '--max-concurrent',
      '4',
      '--audience',
      'partner',
    ];
    await run({ API_KEYS_FILE: file.path }, 'create', '--name', 'x', '--scopes', 'all', ...limits);
    expect(await file.ring.list()).toMatchObject([
      {
        scopes: 'all',
        expiresAt: null,
        limits: { requestsPerMinute: 60, costPerMinute: 1000, maxConcurrent: 4 },
        audience: 'partner',
      },
    ]);
  });

  it.each([
    [
      ['revoke', 'nope'],
      'There is no key with the id "nope". List the ids: tributary keys list.\n',
    ],
    [['revoke'], 'Name one key by its id: tributary keys revoke <id>.\n'],
    [
      ['forget'],
      expect.stringMatching(/^tributary keys create --name .*\n.*\ntributary keys list\n/),
    ],
    [['list', '--wide'], "Unknown option '--wide'\n"],
  ])('prints its usage for %j', async (args, stderr) => {
    expect(await run({ API_KEYS_FILE: file.path }, ...args)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr,
    });
  });

  it('does not change a file without API keys', async () => {
    await writeFile(file.path, 'something else');
    expect(
      await run({ API_KEYS_FILE: file.path }, 'create', '--name', 'x', '--scopes', 'all'),
    ).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `${file.path}:1 is not JSON.\n`,
    });
  });
});
