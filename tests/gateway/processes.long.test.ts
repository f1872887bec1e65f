import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { startSandbox } from '../../sandbox/sandbox.ts';
import {
  addressesOf,
  describeBuilt,
  endProcess,
  type Program,
  startProgram,
} from '../built-program.ts';
import { startTraceCollector } from '../monitoring/trace-collector.ts';
import { sendOperation } from './start-gateway.ts';

const running: { readonly end: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const program of running.splice(0)) await program.end();
});

function start(...program: Parameters<typeof startProgram>): Program {
  const started = startProgram(...program);
  running.push(started);
  return started;
}

/** For vendors that are no sandbox vendors, as far as a program can know. */
const OPEN = { ACCESS: 'open', ACCESS_OPEN_CONFIRM: '1' };

async function problemsOf(
  program: string,
  parameters: readonly string[],
  environment: Record<string, string>,
) {
  const { ended, output } = start(program, parameters, environment);
  return { code: await ended, lines: output().trim().split('\n') };
}

describeBuilt('the built programs', () => {
  it('start without vendor keys, print the sandbox vendors and the URL to open, answer, and end on SIGTERM', async () => {
    const { url: listens, output, end } = start('gateway.js', [], { PORT: '0' });
    const url = await listens;
    const { data } = await sendOperation(url, {
      query: '{ customers(first: 1) { nodes { id } } }',
    });
    expect(data).toEqual({ customers: { nodes: [{ id: expect.any(String) }] } });
    expect(await end()).toBe(0);
    expect(output().trim().split('\n')).toEqual([
      'crm: sandbox vendor hubspot with invented data, because HUBSPOT_ACCESS_TOKEN is not set',
      'payments: sandbox vendor stripe with invented data, because STRIPE_SECRET_KEY is not set',
      'maps: sandbox vendor google with invented data, because GOOGLE_MAPS_API_KEY is not set',
      `Tributary listens on ${url}/graphql`,
      `Playground: open ${url}/ in a browser`,
    ]);
  });

  it('use the vendors with a key, and print no key', async () => {
    const sandbox = await startSandbox();
    const { url, output, end } = start('gateway.js', [], {
      PORT: '0',
      LOG_LEVEL: 'debug',
      ...OPEN,
      ...sandbox.environment,
    });
    await url;
    sandbox.google.fault = 'garbage';
    const query =
      '{ geocode(address: "x") { id } customers(first: 2) { nodes { payments { nodes { id } } } } }';
    const { errors } = await sendOperation(await url, { query });
    expect(errors).toHaveLength(1);
    expect(await end()).toBe(0);
    expect(output()).toContain('"code":"UPSTREAM_CONTRACT"');
    for (const [name, value] of Object.entries(sandbox.environment))
      expect([name, output().includes(value)]).toEqual([name, false]);
    await sandbox.close();
  });

  it('are closed with vendor keys, unless the operator opens them', async () => {
    const credentials = {
      HUBSPOT_ACCESS_TOKEN: 'pat-planted',
      API_KEYS_FILE: '/nowhere/keys.json',
    };
    const { url, output, end } = start('gateway.js', [], { PORT: '0', ...credentials });
    expect(
      await sendOperation(await url, { query: '{ customers(first: 1) { nodes { id } } }' }),
    ).toMatchObject({ status: 401 });
    expect(await end()).toBe(0);
    expect(output()).toContain(
      'Access is closed, and there is no API key yet. Create one: npm run keys -- create --name <owner> --scopes all\n',
    );
    expect(await problemsOf('gateway.js', [], { ...credentials, ACCESS: 'open' })).toEqual({
      code: 1,
      lines: [
        'ACCESS=open accepts requests without a credential, and not every vendor is known to be in the sandbox. To confirm it, set ACCESS_OPEN_CONFIRM=1; otherwise unset ACCESS.',
      ],
    });
    expect(await problemsOf('subgraph.js', ['crm'], credentials)).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^SUBGRAPH_SECRET must be set/)],
    });
  });

  it('start four of them that share a secret, open where everything is invented', async () => {
    const programs = start('distributed.js', [], { PORT: '0' });
    const urls = [...(await addressesOf(programs)).values()];
    const query = '{ customers(first: 1) { nodes { id payments { nodes { id } } } } }';
    const gateway = urls.at(-1) ?? '';
    expect(await sendOperation(gateway, { query })).toMatchObject({
      status: 200,
      errors: undefined,
    });
    for (const url of urls.slice(0, -1))
      expect(await sendOperation(url, { query: '{ _service { sdl } }' })).toMatchObject({
        status: 401,
      });
    expect(urls).toHaveLength(4);
    expect(await programs.end()).toBe(0);
  });

  it('send traces where the environment names a collector', async () => {
    const collector = await startTraceCollector();
    const { url, end } = start('gateway.js', [], {
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    await sendOperation(await url, {
      query: 'query Traced { customers(first: 1) { nodes { id } } }',
    });
    expect(await end()).toBe(0);
    expect(collector.spans.map(({ from, name }) => `${from} ${name}`)).toContain(
      'tributary query Traced',
    );
    await collector.close();
  });

  it('serve one subgraph as a Federation service', async () => {
    const { url: listens, end } = start('subgraph.js', ['maps'], { PORT: '0' });
    const url = await listens;
    const { data } = await sendOperation(url, { query: '{ _service { sdl } }' });
    expect(data._service.sdl).toContain('type PostalAddress\n  @key(fields: "formatted")');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const representations = [
      { __typename: 'PostalAddress', formatted: '5 Avenue Anatole France, Paris, 75007, France' },
    ];
    const entities = await sendOperation(url, {
      query:
        'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on PostalAddress { timeZone } } }',
      variables: { representations },
    });
    expect(entities.data).toEqual({ _entities: [{ timeZone: 'Europe/Paris' }] });
    expect(await end()).toBe(0);
  });

  it('exit with code 1 and print a line for each problem', async () => {
    expect(
      await problemsOf('gateway.js', [], {
        NODE_ENV: 'production',
        PORT: 'abc',
        CRM_PROVIDER: 'rolodex',
        CUSTOMER_LINK: 'name',
        STRIPE_SECRET_KEY: 'sk',
      }),
    ).toEqual({
      code: 1,
      lines: [
        'PORT must be an integer from 0 to 65535.',
        'CRM_PROVIDER must be one of hubspot, but is "rolodex".',
        'CUSTOMER_LINK must be "email", or "property:" followed by the name of a CRM property.',
        'GOOGLE_MAPS_API_KEY must be set in production.',
      ],
    });
  });

  it('read the secrets of files, and print none of them', async () => {
    const sandbox = await startSandbox();
    const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    const secrets = new Set(['HUBSPOT_ACCESS_TOKEN', 'STRIPE_SECRET_KEY', 'GOOGLE_MAPS_API_KEY']);
    const environment = Object.fromEntries(
      Object.entries(sandbox.environment).map(([name, value]) => {
        if (!secrets.has(name)) return [name, value];
        writeFileSync(join(folder, name), `${value}\n`);
        return [`${name}_FILE`, join(folder, name)];
      }),
    );
    const { url, output, end } = start('gateway.js', [], { PORT: '0', ...OPEN, ...environment });
    const query =
      '{ geocode(address: "x") { id } customers(first: 2) { nodes { payments { nodes { id } } } } }';
    expect((await sendOperation(await url, { query })).errors).toBe(undefined);
    expect(await end()).toBe(0);
    for (const name of secrets)
      expect([name, output().includes(String(sandbox.environment[name]))]).toEqual([name, false]);
    rmSync(folder, { recursive: true });
    await sandbox.close();
  });

  it.each([
    ['gateway.js', []],
    ['subgraph.js', ['payments']],
    ['tributary.js', ['doctor']],
    ['tributary.js', ['keys', 'list']],
  ])(
    'exit with code 1 and one line if the file of a secret is missing: %s %j',
    async (...program) => {
      expect(
        await problemsOf(...program, {
          NODE_ENV: 'production',
          STRIPE_SECRET_KEY_FILE: '/sk_live_1',
        }),
      ).toEqual({
        code: 1,
        lines: [
          'STRIPE_SECRET_KEY_FILE must name a file with the secret, but the file cannot be read (ENOENT).',
        ],
      });
    },
  );

  it('exit with code 1 for an unknown subgraph', async () => {
    expect(await problemsOf('subgraph.js', ['sales'], {})).toEqual({
      code: 1,
      lines: ['The subgraph to start must be one of crm, payments, maps, but is "sales".'],
    });
  });

  it('exit with code 1 if more than one subgraph is named', async () => {
    expect(await problemsOf('subgraph.js', ['crm', 'maps'], {})).toEqual({
      code: 1,
      lines: ['One process serves one subgraph, so expected one name, but got "crm" and "maps".'],
    });
  });

  it("exit with code 1 and report the sandbox's problems among the others", async () => {
    expect(
      await problemsOf('gateway.js', [], {
        PORT: 'abc',
        SANDBOX_FAULTS: 'x=y',
        SANDBOX_LATENCY_MS: 'x',
      }),
    ).toEqual({
      code: 1,
      lines: [
        'PORT must be an integer from 0 to 65535.',
        'SANDBOX_LATENCY_MS must be an integer from 0 to 60000.',
        'SANDBOX_FAULTS: Faults name one of hubspot, stripe, google, nws, metno, ecb before "=", but got "x=y".',
      ],
    });
  });

  it('exit with code 1 if the host cannot be resolved', async () => {
    const { code, lines } = await problemsOf('subgraph.js', ['maps'], { PORT: '0', HOST: '..' });
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatch(
      /^HOST and PORT must name a free address of this machine, but: getaddrinfo /,
    );
  });

  it('exit with code 1 if the port is in use', async () => {
    const { url } = start('subgraph.js', ['maps'], { PORT: '0' });
    const { port } = new URL(await url);
    const { code, lines } = await problemsOf('subgraph.js', ['maps'], { PORT: port });
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe(
      `HOST and PORT must name a free address of this machine, but: listen EADDRINUSE: address already in use 127.0.0.1:${port}.`,
    );
  });

  // npm 11 signals only its shell, and dash does not forward signals: an orphan would keep the port.
  it.each([['start'], ['start:subgraph', '--', 'maps'], ['sandbox']])(
    'leave no process behind when npm gets SIGTERM: npm run %s',
    async (...script) => {
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0' };
      const npm = spawn('npm', ['run', ...script], {
        env,
        cwd: new URL('../../', import.meta.url),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = once(npm, 'close');
      running.push({ end: () => endProcess(npm, ended) });
      await new Promise<void>((resolve) => {
        for (const output of [npm.stdout, npm.stderr])
          output.on('data', (text: Buffer) => {
            if (/http:/.test(String(text))) resolve();
          });
      });
      npm.kill('SIGTERM');
      // Its streams close when the last process that writes to them has ended.
      await ended;
      expect(npm.exitCode ?? npm.signalCode).not.toBeNull();
    },
  );
});
