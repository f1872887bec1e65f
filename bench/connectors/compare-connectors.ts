import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@theguild/federation-composition';
import { Kind, parse } from 'graphql';
import { createFusedGraph } from '../../gateway/engines/fused/fused-graph.ts';
import { PreparedOperation } from '../../gateway/operation/prepared-operation.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { createCallTrace } from '../../request/request-scope.ts';
import { parseSettings } from '../../settings/settings.ts';
import { createMemoryState } from '../../state/memory-state.ts';
import { createConnectSubgraph } from '../../subgraphs/connect/connect-subgraph.ts';
import type { ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import { readConnectors } from '../../subgraphs/connect/read-connectors.ts';
import { SourceConnections } from '../../subgraphs/connect/source-connections.ts';
import { DEFAULT_POLICY } from '../../subgraphs/connect/source-policy.ts';
import { resourceSettings, type SubgraphResources } from '../../subgraphs/subgraph-resources.ts';
import type { ConnectedSubgraph } from '../../subgraphs/subgraph.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';
import type { Figures } from '../figures.ts';
import { median } from '../load.ts';
import { createAdapter } from './adapter.ts';
import { ITEMS } from './api.ts';

interface ConnectorOptions {
  readonly rounds: number;
}

type ConnectorFigures = Pick<
  Figures,
  'connectorCpuVsAdapter' | 'connectorListCpuVsAdapter' | 'connectorCompileMs'
>;

const FIELDS = '{ number article quantity price { amount currency } shelf }';

/** A thousand objects through connectors beside an adapter written by hand over the same API, in this process. */
export async function compareConnectors({ rounds }: ConnectorOptions): Promise<ConnectorFigures> {
  const api = fork(fileURLToPath(new URL('./api.ts', import.meta.url)));
  try {
    const [baseUrl] = (await once(api, 'message')) as [string];
    const resources = createResources();
    const sdl = readFileSync(new URL('./warehouse.graphql', import.meta.url), 'utf8');
    const file = readFile(sdl, baseUrl);
    const byConnectors = createRunner(
      createConnectSubgraph(file, new SourceConnections(resources)),
    );
    const byHand = createRunner(createAdapter(baseUrl, file.sdl, resources));
    const ratio = (query: string) => compareCpu(byConnectors, byHand, query, rounds);
    const figures: ConnectorFigures = {
      // First, before anything of it is warm.
      connectorCompileMs: measureCompilation(),
      connectorCpuVsAdapter: await ratio(`{ items ${FIELDS} }`),
      connectorListCpuVsAdapter: await ratio(`{ allItems ${FIELDS} }`),
    };
    await Promise.all([byConnectors.close(), byHand.close()]);
    return figures;
  } finally {
    api.kill();
  }
}

function createResources(): SubgraphResources {
  const settings = parseSettings(resourceSettings, {}, []);
  if (settings === undefined) throw new TypeError('All settings have a default.');
  return { ...settings, monitor: NO_MONITOR, state: createMemoryState() };
}

function readFile(sdl: string, baseUrl?: string): ConnectorFile {
  const policies = new Map([['warehouse', { ...DEFAULT_POLICY, baseUrl }]]);
  const { file, problems } = readConnectors({
    name: 'warehouse',
    path: 'warehouse.graphql',
    sdl,
    policies,
  });
  if (file === undefined) throw new Error(problems.join('\n'));
  return file;
}

type Runner = ReturnType<typeof createRunner>;

function createRunner(connected: ConnectedSubgraph) {
  const subgraph = connected.serve();
  const { supergraphSdl, errors = [] } = composeServices([
    { name: subgraph.name, typeDefs: parse(subgraph.sdl) },
  ]);
  if (supergraphSdl === undefined) throw new Error(errors.map(String).join('\n'));
  const supergraph = new Supergraph(supergraphSdl);
  const graph = createFusedGraph({ supergraph, subgraphs: [subgraph] });
  return {
    run: async (operation: PreparedOperation): Promise<string> => {
      const scope = { signal: new AbortController().signal, trace: createCallTrace() };
      return JSON.stringify(
        await graph.execute(operation, { variables: {}, scope, caller: ANONYMOUS_CALLER }),
      );
    },
    close: () => connected.close(),
  };
}

function prepareOperation(query: string): PreparedOperation {
  const document = parse(query);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    throw new TypeError('The text is one operation.');
  return new PreparedOperation({ document, operation, hash: query });
}

/** How often each runs before the other one's turn. */
const TURN = 10;

/** The median of the rounds' ratios. */
async function compareCpu(
  one: Runner,
  other: Runner,
  query: string,
  rounds: number,
): Promise<number> {
  const operation = prepareOperation(query);
  const text = await one.run(operation);
  if (text !== (await other.run(operation)) || text.split('"number":').length <= ITEMS)
    throw new Error(`The two do not answer alike: ${text.slice(0, 300)}`);
  const cpuOf = async (runner: Runner) => {
    const before = process.cpuUsage();
    for (let turn = 0; turn < TURN; turn += 1) await runner.run(operation);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const ratios: number[] = [];
  // Three rounds only warm them.
  for (let round = -3; round < rounds; round += 1) {
    let [ofOne, ofOther] = [0, 0];
    for (let turn = 0; turn < TURN; turn += 1) {
      ofOne += await cpuOf(one);
      ofOther += await cpuOf(other);
    }
    if (round >= 0) ratios.push(ofOne / ofOther);
  }
  return median(ratios);
}

/** Milliseconds from the text of a file with a hundred connectors to a subgraph. */
function measureCompilation(): number {
  const sdl = hundredConnectors();
  const begun = performance.now();
  createConnectSubgraph(readFile(sdl), new SourceConnections(createResources())).serve();
  return performance.now() - begun;
}

/** Fifty types with a connector each, and fifty fields that return them. */
function hundredConnectors(): string {
  const copies = Array.from({ length: 50 }, (_, index) => String(index));
  const selection = `"""
    id: item_number
    article: article_name
    price: { amount: unit_price currency }
    state: status->match(["open", "OPEN"], [@, "UNKNOWN"])
    """`;
  const types = copies.map(
    (copy) => `type Item${copy} @key(fields: "id")
      @connect(source: "warehouse", http: { GET: "/items${copy}/{$this.id}" }, selection: ${selection}) {
      id: ID! article: String price: Price state: String }`,
  );
  const fields = copies.map(
    (copy) => `items${copy}(first: Int!): [Item${copy}!] @connect(source: "warehouse",
      http: { GET: "/items${copy}", queryParams: "limit: $args.first" }, selection: ${selection})`,
  );
  return `extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
    @link(url: "https://specs.apollo.dev/connect/v0.4", import: ["@source", "@connect"])
    @source(name: "warehouse", http: { baseURL: "http://127.0.0.1:4030" })
    type Price { amount: String currency: String }
    ${types.join('\n')}
    type Query { ${fields.join('\n')} }`;
}
