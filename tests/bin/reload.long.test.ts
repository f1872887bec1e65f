import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import {
  addressesOf,
  describeBuilt,
  type Program,
  startProgram,
  untilWritten,
} from '../built-program.ts';
import { createKeyFile } from '../gateway/access/key-file.ts';
import { sendOperation } from '../gateway/start-gateway.ts';

/** A vendor's sandbox, and the keys that it was called with, in order and each once in a row. */
interface Watched {
  readonly url: string;
  readonly keys: string[];
  readonly server: Server;
}

async function watch(target: string): Promise<Watched> {
  const keys: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const key = (incoming.headers.authorization ?? '').replace('Bearer ', '');
    if (keys.at(-1) !== key) keys.push(key);
    const { method, url, headers } = incoming;
    const call = request(`${target}${url ?? ''}`, { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(call);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // A cast: it listens on a port.
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    keys,
    server,
  };
}

let sandbox: Sandbox;
let stripe: Watched;
let folder: string;
let running: Program[] = [];
beforeEach(async () => {
  sandbox = await startSandbox();
  stripe = await watch(sandbox.stripe.baseUrl);
  folder = await mkdtemp(join(tmpdir(), 'reload-'));
  await writeFile(join(folder, 'stripe'), 'rk_test_first1\n');
});
afterEach(async () => {
  for (const program of running) await program.end();
  running = [];
  stripe.server.close();
  stripe.server.closeAllConnections();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

/** With the key of Stripe in a file. */
function start(
  program: string,
  parameters: readonly string[],
  environment: Record<string, string> = {},
): Program {
  const started = startProgram(program, parameters, {
    ...sandbox.environment,
    // An empty variable counts as unset.
    STRIPE_SECRET_KEY: '',
    STRIPE_BASE_URL: stripe.url,
    STRIPE_SECRET_KEY_FILE: join(folder, 'stripe'),
    PORT: '0',
    LOG_LEVEL: 'info',
    ...environment,
  });
  running.push(started);
  return started;
}

const OPEN = { ACCESS: 'open', ACCESS_OPEN_CONFIRM: '1' };

const RELOADED = '"msg":"reloaded"';

async function reload(program: Program, times = 1): Promise<void> {
  program.child.kill('SIGHUP');
  await untilWritten(program, RELOADED, times);
}

const QUERY = '{ customers(first: 2) { nodes { payments(first: 1) { nodes { id } } } } }';

/** Asks again and again. @returns what ends it, and gives the statuses and errors that came */
function keepAsking(url: string, headers: Record<string, string> = {}) {
  let isOn = true;
  const came = new Set<string>();
  let count = 0;
  const clients = Array.from({ length: 4 }, async () => {
    while (isOn) {
      const { status, errors } = await sendOperation(url, { query: QUERY }, headers);
      came.add(`${String(status)} ${JSON.stringify(errors ?? [])}`);
      count += 1;
    }
  });
  return {
    until: async (so: () => boolean) => {
      const before = count;
      while (!so() || count < before + 10) await sendOperation(url, { query: QUERY }, headers);
    },
    end: async () => {
      isOn = false;
      await Promise.all(clients);
      return [...came];
    },
  };
}

describeBuilt('SIGHUP', () => {
  it.each([
    ['the gateway', 'gateway.js', OPEN],
    ['the gateway and its services', 'distributed.js', OPEN],
  ])(
    'renews the key of a vendor under load, without a failed request: %s',
    async (_what, file, environment) => {
      const program = start(file, [], environment);
      const url =
        file === 'gateway.js'
          ? await program.url
          : ((await addressesOf(program)).get('Tributary') ?? '');
      const load = keepAsking(url);
      await load.until(() => stripe.keys.at(-1) === 'rk_test_first1');
      await writeFile(join(folder, 'stripe'), 'rk_test_second2\n');
      program.child.kill('SIGHUP');
      await untilWritten(program, '"renewed":["STRIPE_SECRET_KEY"]');
      const since = stripe.keys.length;
      await load.until(() => stripe.keys.at(-1) === 'rk_test_second2');
      expect(await load.end()).toEqual(['200 []']);
      // Calls that were under way may have ended later.
      expect(stripe.keys.slice(since + 1)).not.toContain('rk_test_first1');
      expect(program.output()).not.toMatch(/rk_test_/);
    },
    120_000,
  );

  it('keeps the key in use if the vendor refuses the new one, and says what to change', async () => {
    const program = start('subgraph.js', ['payments'], { SUBGRAPH_ACCESS: 'open' });
    await program.url;
    await writeFile(join(folder, 'stripe'), 'rk_test_revoked2');
    await reload(program);
    expect(program.output()).toContain(
      '"problem":"Set STRIPE_SECRET_KEY to a valid key: Stripe does not accept this one. It was revoked, has expired, or is not complete.","msg":"not reloaded; the last good state remains in force"',
    );
    await writeFile(join(folder, 'stripe'), 'rk_test_without_customer_read_2');
    await reload(program, 2);
    expect(program.output()).toContain('"problem":"Give the restricted key');
    await writeFile(join(folder, 'stripe'), 'rk_live_3');
    await reload(program, 3);
    expect(program.output()).toContain(
      '"problem":"STRIPE_SECRET_KEY changes from a test key to a live key, whose customers and payments are others: restart the process."',
    );
    await writeFile(join(folder, 'stripe'), 'pk_test_4');
    await reload(program, 4);
    expect(program.output()).toContain('STRIPE_SECRET_KEY must be a secret key');
    await writeFile(join(folder, 'stripe'), '');
    await reload(program, 5);
    expect(program.output()).toContain(
      '"problem":"STRIPE_SECRET_KEY_FILE must name a file with the secret, but the file is empty."',
    );
    expect(stripe.keys).not.toContain('rk_live_3');
    await writeFile(join(folder, 'stripe'), 'rk_test_good5');
    await reload(program, 6);
    expect(program.output()).toContain('"renewed":["STRIPE_SECRET_KEY"]');
    expect(program.output()).not.toMatch(/[rp]k_(test|live)_/);
  }, 60_000);

  it('reads API keys and persisted operations again, and keeps the last good ones if a file is broken', async () => {
    const keys = await createKeyFile();
    const operations = join(folder, 'operations.json');
    const write = (...texts: readonly string[]) =>
      writeFile(operations, JSON.stringify(Object.fromEntries(texts.map((text) => [text, text]))));
    await write(QUERY);
    const program = start('gateway.js', [], {
      ACCESS: 'closed',
      API_KEYS_FILE: keys.path,
      PERSISTED_OPERATIONS: operations,
    });
    const url = await program.url;
    const first = { authorization: `Bearer ${await keys.add()}` };
    await reload(program);
    const status = async (query: string) => (await sendOperation(url, { query }, first)).status;
    expect(await status(QUERY)).toBe(200);
    const other = '{ customers(first: 1) { nodes { id } } }';
    expect(await status(other)).toBe(403);

    const good = await readFile(keys.path, 'utf8');
    await writeFile(keys.path, good.replace('"keys": [', '"keys": ['.concat('\n,')));
    await writeFile(operations, '{\n\n  "a": "{ nothing }",\n}');
    await reload(program, 2);
    expect(program.output()).toContain(`"problem":"${keys.path}:4 is not JSON."`);
    expect(program.output()).toContain(`${operations}:4 is not JSON.`);
    expect([await status(QUERY), await status(other)]).toEqual([200, 403]);

    await writeFile(operations, '{"a":"{ nothing }"}');
    await reload(program, 3);
    expect(program.output()).toContain('PERSISTED_OPERATIONS: \\"a\\" does not match the schema');
    await writeFile(keys.path, good);
    await write(other);
    await reload(program, 4);
    expect([await status(QUERY), await status(other)]).toEqual([403, 200]);
    await keys.remove();
  }, 60_000);

  it('lists the secrets that need a restart', async () => {
    await writeFile(join(folder, 'map'), 'm'.repeat(40));
    const program = start('gateway.js', [], {
      ...OPEN,
      MAP_SIGNING_SECRET_FILE: join(folder, 'map'),
    });
    await program.url;
    await writeFile(join(folder, 'map'), 'n'.repeat(40));
    await reload(program);
    expect(program.output()).toContain(
      '"problem":"MAP_SIGNING_SECRET has changed, which takes effect at the next restart."',
    );
  }, 60_000);
});
