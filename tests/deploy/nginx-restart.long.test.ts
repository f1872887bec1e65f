import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Program, startProgram } from '../built-program.ts';
import { freePort } from '../state/redis-server.ts';
import { type Nginx, startNginx } from './start-nginx.ts';
import { describeWith } from './tools.ts';

const CLIENTS = 8;
const QUERY = '{ customers(first: 2) { nodes { name payments(first: 1) { nodes { id } } } } }';
const MUTATION = 'mutation { createDeal(input: { title: "A deal" }) { deal { id } } }';
const REQUESTS: readonly (readonly [kind: string, path: string, body?: object])[] = [
  ['GET of a query', `/graphql?query=${encodeURIComponent(QUERY)}`],
  ['POST of a query', '/graphql', { query: QUERY }],
  ['POST of a mutation', '/graphql', { query: MUTATION }],
];

describeWith('nginx', 'openssl')('two gateways behind nginx, as in deploy/nginx.conf', () => {
  let sandbox: Sandbox;
  let nginx: Nginx;
  let ports: readonly string[];
  let gateways: Program[] = [];

  const start = (port: string) =>
    startProgram('gateway.js', [], {
      ...sandbox.environment,
      PORT: port,
      ACCESS: 'open',
      ACCESS_OPEN_CONFIRM: '1',
      TRUST_PROXY: 'loopback',
      // The delay of production: the keep-alive time in nginx.conf is shorter.
      DRAIN_DELAY_MS: '5000',
      VENDOR_TIMEOUT_MS: '0',
      LOG_LEVEL: 'silent',
    });

  beforeAll(async () => {
    sandbox = await startSandbox();
    ports = [String(await freePort()), String(await freePort())];
    gateways = ports.map(start);
    await Promise.all(gateways.map(({ url }) => url));
    nginx = await startNginx(ports.map((port) => `127.0.0.1:${port}`));
  }, 120_000);
  afterAll(async () => {
    await nginx.close();
    for (const { child } of gateways) child.kill('SIGKILL');
    await sandbox.close();
  });

  it('answer all requests while each is restarted in turn under load', async () => {
    const answers = new Map<string, number>();
    let isLoaded = true;
    const load = Array.from({ length: CLIENTS }, async (_, client) => {
      const [kind, path, body] = REQUESTS[client % REQUESTS.length] ?? [];
      while (isLoaded) {
        const { status, body: answer } = await nginx.send(path ?? '', body);
        const what = `${kind ?? ''}: ${String(status)}${answer.includes('"errors"') ? ' with errors' : ''}`;
        answers.set(what, (answers.get(what) ?? 0) + 1);
      }
    });
    const exits: (number | null)[] = [];
    for (const [index, port] of ports.entries()) {
      exits.push((await gateways[index]?.end()) ?? null);
      const program = start(port);
      await program.url;
      gateways = gateways.with(index, program);
    }
    isLoaded = false;
    await Promise.all(load);
    // A POST that reaches a gateway in the microseconds in which it stops listening is lost: nginx must not send it again.
    const lost = [...answers].filter(([what]) => what.startsWith('POST') && what.endsWith('502'));
    expect(lost.reduce((sum, [, count]) => sum + count, 0)).toBeLessThanOrEqual(ports.length);
    for (const [what] of lost) answers.delete(what);
    expect([...answers.keys()].sort()).toEqual(REQUESTS.map(([kind]) => `${kind}: 200`).sort());
    expect(exits).toEqual([0, 0]);
  }, 240_000);
});
