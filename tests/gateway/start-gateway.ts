import { readFileSync } from 'node:fs';
import type { GraphQLFormattedError } from 'graphql';
import { createSignedCallers } from '../../access/services/signed-caller.ts';
import { readSubgraphAccess } from '../../access/services/subgraph-access.ts';
import type { Environment, Problems } from '../../configuration/environment.ts';
import { readAudienceSchemas } from '../../gateway/audience-schemas.ts';
import { type GatewayConfig, readGatewayConfig } from '../../gateway/config.ts';
import { embedSubgraphs } from '../../gateway/execution.ts';
import { openGatewayAccess, readGatewayAccess } from '../../gateway/gateway-access.ts';
import { startGateway } from '../../gateway/gateway.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { readServerConfig } from '../../http/server-config.ts';
import type { RunningService } from '../../http/service.ts';
import { readServiceLimits } from '../../limits/limit-settings.ts';
import { createMonitoring, type Monitoring } from '../../monitoring/monitoring.ts';
import { startTracing } from '../../monitoring/start-tracing.ts';
import { type Sandbox, startSandbox, VENDORS } from '../../sandbox/sandbox.ts';
import { openState, readStateSettings, stateSecrets } from '../../state/open-state.ts';
import type { SharedState } from '../../state/shared-state.ts';
import { startSubgraphs } from '../../subgraphs/start-subgraphs.ts';
import { startSubgraphService } from '../../subgraphs/subgraph-service.ts';
import { SUBGRAPHS } from '../../subgraphs/subgraphs.ts';
import { planVendors } from '../../subgraphs/vendor-plan.ts';
import type { CallRecord } from '../../upstream/call-trace.ts';

export interface TestGatewayOptions {
  /** @default 'embedded' */
  readonly mode?: 'embedded' | 'distributed';
  /** Added to what leads to the sandbox; wins over it. */
  readonly environment?: Environment;
  /** What audiences see, as SDL. @default the shipped ones */
  readonly audiences?: Audiences;
  /** A sandbox to use, which the caller closes. @default a new one */
  readonly sandbox?: Sandbox;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The tests say what they expect to be in it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly extensions: { readonly upstream?: readonly CallRecord[] } | undefined;
}

export interface TestGateway {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  readonly sandbox: Sandbox;
  /** The gateway's first; those of its services, where they are others. */
  readonly urls: readonly string[];
  /** The lines of the log so far, those of the services included. */
  readonly log: readonly string[];
  query(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts the whole graph over HTTP on look-alikes, all in this process. */
export async function startTestGateway({
  mode = 'embedded',
  environment = {},
  audiences = AUDIENCES,
  sandbox: given,
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const sandbox = given ?? (await startSandbox());
  const log: string[] = [];
  const settings = { PORT: '0', LOG_LEVEL: 'debug', SUBGRAPH_SECRET, ...sandbox.environment, ...environment };
  const running = mode === 'embedded' ? [await startEmbedded(settings, log, audiences)] : await startDistributed(settings, log, audiences);
  const [gateway] = running;
  if (gateway === undefined) throw new Error('No gateway was started.');
  return {
    url: gateway.url,
    urls: running.map(({ url }) => url),
    sandbox,
    log,
    query: (query, variables, headers) => ask(gateway.url, { query, variables }, headers),
    close: async () => {
      for (const service of running) await service.close();
      if (given === undefined) await sandbox.close();
    },
  };
}

/** What the gateway and the services share; unused where there are no services. */
export const SUBGRAPH_SECRET = 'shared-by-the-processes-of-a-test';

/** What the vendors have been asked for since a moment of `performance.now()`; they forget the oldest, so numbers say nothing. */
export const requestsSince = (since: number, { hubspot, stripe, google }: Sandbox) =>
  [hubspot, stripe, google].flatMap(({ requests }) => requests.filter(({ startedAt }) => startedAt >= since));

/** Sends one operation to a GraphQL server. */
export async function ask(url: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify(body),
  });
  // A cast: the server's answers have this form, and tests that doubt it look closer.
  const { data, errors, extensions } = (await response.json()) as Pick<Answer, 'data' | 'errors' | 'extensions'>;
  return { status: response.status, headers: response.headers, data, errors, extensions };
}

/** Errors as two engines must agree on them: a sorted list of code and path. */
export const codesAndPaths = (errors: Answer['errors']) =>
  (errors ?? []).map(({ extensions, path = [] }) => `${String(extensions?.['code'])} ${path.join('.')}`).sort();

type Audiences = ReadonlyMap<string, string>;

async function startEmbedded(environment: Environment, log: string[], audiences: Audiences): Promise<RunningService> {
  const monitoring = createMonitoring({ vendors: VENDORS });
  const tracing = await startTracing(environment, { serviceName: 'tributary', callsVendors: true });
  const { state, secrets, closing } = await stateOf(environment, monitoring);
  const graph = embedSubgraphs(SUPERGRAPH, await start(environment, monitoring, state));
  const writeLog = (line: string) => log.push(line);
  const config = configOf(environment);
  const access = await openAccess(environment, config, audiences, state);
  return startGateway({
    config,
    graph: { ...graph, secrets: [...graph.secrets, ...secrets], release: closing(graph.release) },
    budgets: state.budgets,
    ...access,
    audiences,
    playground: PLAYGROUND,
    writeLog,
    monitoring,
    tracing,
  });
}

async function startDistributed(environment: Environment, log: string[], audiences: Audiences): Promise<RunningService[]> {
  const writeLog = (line: string) => log.push(line);
  const services = await Promise.all(
    SUBGRAPHS.map(async ({ name }) => {
      const config = readOrThrow((problems) => readServerConfig(environment, problems, { defaultPort: 0 }));
      const limits = readOrThrow((problems) => readServiceLimits(environment, problems));
      const monitoring = createMonitoring({ vendors: VENDORS.filter((_vendor, index) => SUBGRAPHS[index]?.name === name) });
      const tracing = await startTracing(environment, { serviceName: `tributary-${name}`, callsVendors: true });
      const { state, secrets, closing } = await stateOf(environment, monitoring);
      const started = await start(environment, monitoring, state, name);
      const running = { ...started, secrets: [...started.secrets, ...secrets], close: closing(started.close) };
      const access = readOrThrow((problems) => readSubgraphAccess(environment, problems, { mustSign: false }));
      const callers = createSignedCallers(access);
      const options = { config, limits, budgets: state.budgets, running, callers, writeLog, monitoring, tracing };
      return [name, await startSubgraphService(options)] as const;
    }),
  );
  const urls = services.map(([name, { url }]) => [`${name.toUpperCase()}_SUBGRAPH_URL`, `${url}/graphql`]);
  const config = configOf({ ...environment, ...(Object.fromEntries(urls) as Environment) });
  if (config.execution.mode !== 'distributed') throw new Error('The three URLs make the gateway distributed.');
  const { createDistributedGraph } = await import('../../gateway/distributed/distributed-graph.ts');
  const graph = await createDistributedGraph({ ...config, supergraph: SUPERGRAPH, urls: config.execution.urls });
  const monitoring = createMonitoring({ vendors: [] });
  const tracing = await startTracing(environment, { serviceName: 'tributary', callsVendors: false });
  const { state, secrets, closing } = await stateOf(environment, monitoring);
  const access = await openAccess(environment, config, audiences, state);
  const gateway = await startGateway({
    config,
    graph: { ...graph, secrets: [...graph.secrets, ...secrets], release: closing(graph.release) },
    budgets: state.budgets,
    ...access,
    audiences,
    playground: PLAYGROUND,
    writeLog,
    monitoring,
    tracing,
  });
  return [gateway, ...services.map(([, service]) => service)];
}

/** The state of one process, as its main file opens it. */
async function stateOf(environment: Environment, { upstream }: Monitoring) {
  const settings = readOrThrow((problems) => readStateSettings(environment, problems));
  const state = await openState(settings, (isShared) => {
    upstream.sharedStateChanged(isShared);
  });
  const closing = (release: () => Promise<void>) => async () => {
    await release();
    await state.close();
  };
  return { state, secrets: stateSecrets(settings), closing };
}

function start(environment: Environment, monitoring: Monitoring, state: SharedState, only?: string) {
  const modules = SUBGRAPHS.filter(({ name }) => only === undefined || name === only);
  const plans = readOrThrow((problems) => planVendors({ modules, environment, production: false, problems }));
  const startLookAlikes = () => Promise.reject(new Error('The sandbox is here already.'));
  return startSubgraphs({ plans, readSdl, environment, startLookAlikes, monitor: monitoring.upstream, state });
}

/** The vendors are look-alikes, whatever their credentials say. */
const openAccess = (environment: Environment, config: GatewayConfig, audiences: Audiences, { redis }: SharedState) =>
  openGatewayAccess(
    readOrThrow((problems) => readGatewayAccess(environment, problems, { config, isSandbox: true, audiences })),
    config,
    redis,
  );

const configOf = (environment: Environment) => readOrThrow((problems) => readGatewayConfig(environment, problems));

function readOrThrow<T>(read: (problems: Problems) => T | undefined): T {
  const problems: Problems = [];
  const value = read(problems);
  if (value === undefined || problems.length > 0) throw new Error(problems.join('\n'));
  return value;
}

const readSdl = (name: string) => readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8');

const SUPERGRAPH = new Supergraph(readSdl('supergraph'));

const AUDIENCES = readAudienceSchemas(new URL('../../schema/audiences/', import.meta.url));

const PLAYGROUND = new URL('../../dist/playground/', import.meta.url);
