import { Agent, createServer, request, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

let programs: Program[] = [];
afterEach(async () => {
  await Promise.all(programs.map((program) => program.kill()));
  programs = [];
});

function start(environment: Readonly<Record<string, string>> = {}): Program {
  const program = startProgram('gateway.js', [], {
    ...sandbox.environment,
    PORT: '0',
    ACCESS: 'open',
    ACCESS_OPEN_CONFIRM: '1',
    // Until a second signal.
    DRAIN_DELAY_MS: '600000',
    ...environment,
  });
  programs.push(program);
  return program;
}

const HEALTH_CHECK_MS = 100;

/** Sends each request to the next instance whose last health check was good; repeats none. */
class Balancer {
  readonly #ready = new Set<string>();
  /** Instances that have not responded to their health check yet. */
  readonly #checked = new Set<string>();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #instances: ReadonlySet<string>;
  readonly #checks: NodeJS.Timeout;
  readonly #server: Server;
  #turn = 0;

  constructor(instances: ReadonlySet<string>) {
    this.#instances = instances;
    this.#checks = setInterval(() => {
      for (const url of instances) void this.#check(url);
    }, HEALTH_CHECK_MS);
    this.#server = createServer((incoming, outgoing) => {
      const urls = [...this.#ready];
      this.#turn += 1;
      const target = urls[this.#turn % urls.length];
      if (target === undefined) {
        outgoing.writeHead(503).end();
        return;
      }
      const { method, url, headers } = incoming;
      const call = request(`${target}${url ?? ''}`, { agent: this.#agent, method, headers });
      call.on('response', (response) => {
        outgoing.writeHead(response.statusCode ?? 502, {
          ...response.headers,
          connection: 'keep-alive',
        });
        response.pipe(outgoing);
      });
      call.on('error', () => outgoing.writeHead(502).end());
      incoming.pipe(call);
    });
  }

  /** The next check of an instance begins when it has responded. */
  async #check(url: string): Promise<void> {
    if (this.#checked.has(url)) return;
    this.#checked.add(url);
    const isReady = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    this.#checked.delete(url);
    if (isReady && this.#instances.has(url)) this.#ready.add(url);
    else this.#ready.delete(url);
  }

  readonly isReady = (url: string) => this.#ready.has(url);

  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    // A cast: it listens on a port.
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  close(): void {
    clearInterval(this.#checks);
    this.#agent.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function untilReady(balancer: Balancer, url: string, isReady = true): Promise<void> {
  while (balancer.isReady(url) !== isReady) await wait(HEALTH_CHECK_MS);
}

describeBuilt('two instances behind a load balancer', () => {
  it('lose no request while each is restarted in turn under load', async () => {
    const instances = new Set<string>();
    const balancer = new Balancer(instances);
    const url = await balancer.listen();
    const add = async () => {
      const program = start({ VENDOR_TIMEOUT_MS: '0', REQUEST_TIMEOUT_MS: '60000' });
      const address = await program.url;
      instances.add(address);
      await untilReady(balancer, address);
      return { program, address };
    };
    let running: { program: Program; address: string }[] = [await add(), await add()];
    const statuses = new Map<number, number>();
    let isLoaded = true;
    const load = Array.from({ length: 8 }, async () => {
      while (isLoaded) {
        const { status } = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{ customers(first: 2) { nodes { name payments(first: 1) { nodes { id } } } } }"}',
        });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const exits: (number | null)[] = [];
    for (const { program, address } of running) {
      const replacement = await add();
      program.child.kill('SIGTERM');
      // It drains for as long as the load balancer needs to notice.
      await untilReady(balancer, address, false);
      instances.delete(address);
      exits.push(await program.end());
      running = [...running.filter((one) => one.address !== address), replacement];
    }
    isLoaded = false;
    await Promise.all(load);
    balancer.close();
    expect([...statuses.keys()]).toEqual([200]);
    expect(statuses.get(200)).toBeGreaterThan(100);
    expect(exits).toEqual([0, 0]);
  }, 120_000);

  it('are unready at once, answer with connection: close while they wait, and skip the wait at a second signal', async () => {
    const program = start();
    const address = await program.url;
    program.child.kill('SIGTERM');
    let ready = await fetch(`${address}/health/ready`);
    while (ready.status === 200) ready = await fetch(`${address}/health/ready`);
    expect([ready.status, await ready.json(), ready.headers.get('connection')]).toEqual([
      503,
      { status: 'draining' },
      'close',
    ]);
    const live = await fetch(`${address}/health/live`);
    expect([live.status, live.headers.get('connection')]).toEqual([200, 'close']);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  }, 60_000);
});
