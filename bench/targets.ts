import { fileURLToPath } from 'node:url';
import { SUBGRAPHS } from '../bin/subgraphs.ts';
import { VENDORS } from '../sandbox/sandbox.ts';
import { CLOSED } from './credentials.ts';
import {
  announced,
  built,
  type Environment,
  freePort,
  start,
  START_FLAGS,
  type Target,
  untilReady,
} from './processes.ts';

/** All run as in production, without vendor calls in responses. Ours identify the caller. Other gateways cannot sign requests to services. */
const PRODUCTION = {
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  SUBGRAPH_ACCESS: 'open',
  SUBGRAPH_SECRET: 'known-to-the-benchmark-and-its-services',
  ...CLOSED,
};

/** Starts a built program of ours as its script does, in production. */
export const startOwn = (
  name: string,
  args: readonly string[],
  environment: Environment,
  execArgv: readonly string[] = [],
) => start(built(name), args, { ...PRODUCTION, ...environment }, [...START_FLAGS, ...execArgv]);

/** @param kind `bare` is on `node:http` and plain undici, and answers `/list` and `/one` alone. */
export async function startHandWritten(
  environment: Environment,
  kind: 'hand-written' | 'bare' = 'hand-written',
  execArgv: readonly string[] = [],
): Promise<Target> {
  const child = startOwn(`bench/${kind}`, [], environment, execArgv);
  const { url } = await announced<{ url: string }>(child);
  return target(kind, url, [child]);
}

export async function startEmbedded(
  environment: Environment,
  execArgv: readonly string[] = [],
): Promise<Target> {
  const { child, url } = await startServer('gateway', [], environment, execArgv);
  return target('embedded', url, [child]);
}

/** Sandbox vendors of vendors in a process of their own. */
export interface Vendors {
  /** What leads a gateway to them. */
  readonly environment: Environment;
  close(): void;
}

export async function startVendors(
  latencyMs = '0',
  names: readonly string[] = VENDORS,
): Promise<Vendors> {
  const program = start(built('sandbox'), names, { SANDBOX_LATENCY_MS: latencyMs });
  const { environment } = await announced<{ environment: Environment }>(program);
  // A program in production that receives events has to store them: the parts that need that say so.
  const withoutSecrets = Object.entries(environment).filter(([name]) => !name.endsWith('_SECRETS'));
  return { environment: Object.fromEntries(withoutSecrets), close: () => program.kill() };
}

/** An embedded gateway whose responses contain their vendor calls. */
export const startTraced = (environment: Environment) =>
  startEmbedded({ ...environment, NODE_ENV: 'development' });

/** The three subgraphs' services, which gateways can share. */
export interface Services {
  readonly processes: Target['processes'];
  /** Where each answers GraphQL, by its name. */
  readonly urls: Readonly<Record<string, string>>;
  close(): void;
}

export async function startServices(environment: Environment): Promise<Services> {
  const services = await Promise.all(
    SUBGRAPHS.map(async ({ name }) => ({
      name,
      ...(await startServer('subgraph', [name], environment)),
    })),
  );
  return {
    processes: services.map(({ child }) => child),
    urls: Object.fromEntries(services.map(({ name, url }) => [name, `${url}/graphql`])),
    close: () => {
      for (const { child } of services) child.kill('SIGKILL');
    },
  };
}

export async function startDistributed(
  environment: Environment,
  services: Services,
  execArgv: readonly string[] = [],
): Promise<Target> {
  const urls = Object.fromEntries(
    Object.entries(services.urls).map(([name, url]) => [`${name.toUpperCase()}_SUBGRAPH_URL`, url]),
  );
  const { child, url } = await startServer('gateway', [], { ...environment, ...urls }, execArgv);
  return target('distributed', url, [child, ...services.processes]);
}

/** Apollo's gateway as its documentation shows it. @param supergraph is a file. */
export async function startApollo(services: Services, supergraph: string): Promise<Target> {
  const child = start(built('bench/apollo-gateway'), [supergraph], PRODUCTION);
  const { url } = await announced<{ url: string }>(child);
  return target('@apollo/gateway', url, [child, ...services.processes]);
}

/** Hive Gateway with its own defaults. @param supergraph is a file. */
export async function startHive(
  services: Services,
  supergraph: string,
  folder: URL,
): Promise<Target> {
  const port = await freePort();
  const program = fileURLToPath(new URL('node_modules/@graphql-hive/gateway/dist/bin.js', folder));
  const args = ['supergraph', supergraph, '--host', '127.0.0.1', '--port', String(port)];
  const child = start(program, args, { ...PRODUCTION, LOG_LEVEL: 'error' });
  const url = `http://127.0.0.1:${String(port)}`;
  await untilReady(`${url}/readiness`);
  return target('Hive Gateway', url, [child, ...services.processes]);
}

async function startServer(
  name: string,
  args: readonly string[],
  environment: Environment,
  execArgv?: readonly string[],
) {
  const port = await freePort();
  const child = startOwn(name, args, { ...environment, PORT: String(port) }, execArgv);
  const url = `http://127.0.0.1:${String(port)}`;
  await untilReady(`${url}/health/ready`);
  return { child, url };
}

function target(name: string, url: string, processes: Target['processes']): Target {
  const [front] = processes;
  if (front === undefined) throw new TypeError('A target has a process.');
  return {
    name,
    url,
    isGraphQL: name !== 'hand-written' && name !== 'bare',
    processes,
    front,
    close: () => front.kill('SIGKILL'),
  };
}
