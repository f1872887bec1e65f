import { dirname, resolve } from 'node:path';
import { parse } from 'graphql';
import type { CommandOutput } from '../access/command/keys-command.ts';
import { readGraphFile } from '../composition/graph-file.ts';
import { readArguments } from '../../settings/command-line.ts';
import { type Environment, parseSettings } from '../../settings/settings.ts';
import { readTextFile } from '../../settings/text-file.ts';
import { createMemoryState } from '../../state/memory-state.ts';
import type { Connector, ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import { parseJson } from '../../subgraphs/connect/mapping/json.ts';
import type { Value } from '../../subgraphs/connect/mapping/values.ts';
import { responseOf } from '../../subgraphs/connect/try-connector.ts';
import { resourceSettings, type SubgraphResources } from '../../subgraphs/subgraph-resources.ts';
import { jsonText } from '../../upstream/json-body.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';
import { ValueCheck } from './value-check.ts';
import {
  type Drift,
  driftFromSpecification,
  driftOfBodies,
  driftOfSelection,
  driftOfSpecification,
} from './drift.ts';
import { findSuites } from './find-suites.ts';
import { type OpenApiResponses, readOpenApi } from './openapi-responses.ts';
import type { ConnectorTest } from './read-suite.ts';
import { recordExchange } from './record-exchange.ts';
import { type LoadedSuite, loadSuites } from './run-suites.ts';
import { findConnector } from './run-test.ts';
import { type GraphNames, withoutFeeds } from './graph-names.ts';
import { DRIFT_USAGE } from './usage.ts';

/**
 * Runs `tributary connect test --drift`: compares the API's specification, the selections, the recorded responses and, with `--live`, the
 * API's present responses.
 * @returns the exit code of the process: 1 for a breaking difference
 */
export async function runDriftCommand(
  args: readonly string[],
  environment: Environment,
  { write, report }: CommandOutput,
  names: GraphNames,
): Promise<number> {
  const options = readOptions(args);
  const refuse = (problems: readonly string[]) => {
    problems.forEach(report);
    return 1;
  };
  if (options === undefined) return refuse([`Usage: ${DRIFT_USAGE}`]);
  const { paths, problems } = findSuites(options.targets);
  const loaded = loadSuites(paths, options.schema);
  const found = [...problems, ...loaded.problems];
  const { document, problem } = readSpecification(options.openapi);
  if (problem !== undefined) found.push(problem);
  const live = options.live ? openLive(options.graph, environment, names, found) : undefined;
  if (found.length === 0 && paths.length === 0)
    found.push(`There are no files called *.connector.yaml in ${options.targets.join(', ')}.`);
  if (found.length > 0) return refuse(found);
  const sentences = new Map<string, boolean>();
  for (const suite of loaded.suites)
    for (const { breaks, message } of await driftOfSuite(suite, document, live))
      sentences.set(message, breaks);
  for (const [message, breaks] of sentences) write(`${breaks ? 'BREAKS' : 'note  '} ${message}.`);
  const breaking = [...sentences.values()].filter(Boolean).length;
  write(`${String(breaking)} break, ${String(sentences.size - breaking)} notes`);
  return breaking === 0 ? 0 : 1;
}

/** For calls to the API. */
interface Live {
  readonly files: readonly ConnectorFile[];
  readonly graph: string;
  readonly resources: SubgraphResources;
}

async function driftOfSuite(
  { suite, file }: LoadedSuite,
  document: OpenApiResponses | undefined,
  live: Live | undefined,
): Promise<readonly Drift[]> {
  const types = new ValueCheck(parse(file.sdl, { noLocation: true }));
  const drift: Drift[] = [];
  if (document !== undefined)
    for (const connector of file.connectors)
      drift.push(...driftOfSpecification(connector, document));
  for (const test of suite.tests) {
    const connector = findConnector(file, test.target);
    if (connector === undefined || test.skip) continue;
    const at = `${suite.path}:${String(suite.lineOf(test.place))}`;
    const recorded = bodyOf(test);
    const called = `the recording (${at})`;
    if (recorded !== undefined) {
      drift.push(...driftOfSelection(connector, { value: recorded, called }));
      if (document !== undefined)
        drift.push(...driftFromSpecification(connector, document, { value: recorded, called }));
      drift.push(...typeDrift(types, file, connector, test, recorded, called));
    }
    if (live !== undefined && !connector.isMutation)
      drift.push(
        ...(await liveDrift(live, { types, file, connector, test, recorded, at, document })),
      );
  }
  return drift;
}

interface LiveTest {
  readonly types: ValueCheck;
  readonly file: ConnectorFile;
  readonly connector: Connector;
  readonly test: ConnectorTest;
  readonly recorded: Value | undefined;
  readonly at: string;
  readonly document: OpenApiResponses | undefined;
}

async function liveDrift(
  { files, graph, resources }: Live,
  { types, file, connector, test, recorded, at, document }: LiveTest,
): Promise<readonly Drift[]> {
  const ofGraph = files.find((one) => resolve(dirname(graph), one.path) === resolve(file.path));
  const called = ofGraph?.connectors.find(({ name }) => name === connector.name);
  if (ofGraph === undefined || called === undefined)
    return [{ breaks: true, message: `${file.path} is no file of connectors of ${graph}` }];
  // Without a recorded response there is nothing to compare, for example if no call is made.
  if (recorded === undefined) return [];
  const recording = { ...test, file: ofGraph, connector: called };
  const { response, problem } = await recordExchange(recording, resources);
  if (response === undefined)
    return [{ breaks: true, message: `${at}: ${problem.replace(/\.$/, '')}` }];
  const { status, bytes } = response;
  if (status !== test.response.status)
    return [
      {
        breaks: true,
        message: `${at}: ${test.target} responds with the status ${String(status)} in place of ${String(test.response.status)}. Invented variables find nothing: record the test with --keep`,
      },
    ];
  const value = parseJson(jsonText(bytes));
  if (value === undefined)
    return [{ breaks: true, message: `${at}: ${test.target} responds with no JSON` }];
  const fresh = { value, called: 'the API' };
  return [
    ...driftOfSelection(connector, fresh),
    ...driftOfBodies(connector, recorded, value),
    ...(document === undefined ? [] : driftFromSpecification(connector, document, fresh)),
    ...typeDrift(types, file, connector, test, value, fresh.called),
  ];
}

/** The values of a body that do not fit the types of the SDL. */
function typeDrift(
  types: ValueCheck,
  file: ConnectorFile,
  connector: Connector,
  test: ConnectorTest,
  body: Value,
  called: string,
): readonly Drift[] {
  const { clientHeaders, variables, response } = test;
  const trial = {
    connector,
    service: { name: file.name, title: `API ${file.name}` },
    variables: { $args: {}, $this: {}, ...variables },
    clientHeaders,
  };
  const read = responseOf(trial, { ...response, body: Buffer.from(textOf(body)) });
  // The cast is safe: the value was evaluated from JSON.
  return types.check(connector, read.value as Value).map((message) => ({
    breaks: true,
    message: `${message} (${called})`,
  }));
}

/** JSON with large integers rounded; types do not depend on their digits. */
const textOf = (body: Value) =>
  JSON.stringify(body, (_name, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );

/** @returns undefined for a test without a body or with an error status */
function bodyOf({ response }: ConnectorTest): Value | undefined {
  const isSuccess = response.status >= 200 && response.status < 300;
  return response.hasBody && isSuccess ? parseJson(response.body) : undefined;
}

function readSpecification(path: string | undefined): {
  readonly document?: OpenApiResponses | undefined;
  readonly problem?: string | undefined;
} {
  if (path === undefined) return {};
  const text = readTextFile(path);
  return text === undefined ? { problem: `${path} cannot be read.` } : readOpenApi(path, text);
}

function openLive(
  path: string,
  environment: Environment,
  { builtIn, feeds }: GraphNames,
  problems: string[],
): Live | undefined {
  const { graph, problems: found = [] } = readGraphFile(path, environment, builtIn, feeds);
  problems.push(...found);
  const settings = parseSettings(resourceSettings, environment, problems);
  if (graph === undefined || settings === undefined) return undefined;
  const resources = { ...settings, monitor: NO_MONITOR, state: createMemoryState() };
  return { files: withoutFeeds(graph.connectors), graph: path, resources };
}

function readOptions(args: readonly string[]) {
  const read = readArguments(args, {
    drift: { type: 'boolean' },
    schema: { type: 'string' },
    openapi: { type: 'string' },
    live: { type: 'boolean', default: false },
    graph: { type: 'string', default: './graph.yaml' },
  });
  return (
    read && { ...read.values, targets: read.positionals.length > 0 ? read.positionals : ['.'] }
  );
}
