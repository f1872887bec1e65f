import { existsSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type { CommandOutput } from '../access/command/keys-command.ts';
import { readGraphFile } from '../composition/graph-file.ts';
import { readArguments } from '../../settings/command-line.ts';
import { type Environment, parseSettings } from '../../settings/settings.ts';
import { createMemoryState } from '../../state/memory-state.ts';
import type { Connector, ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import { parseJson } from '../../subgraphs/connect/mapping/json.ts';
import { isObject } from '../../subgraphs/connect/mapping/values.ts';
import { configOf } from '../../subgraphs/connect/outside-variables.ts';
import { readConnectors } from '../../subgraphs/connect/read-connectors.ts';
import { secretsOf } from '../../subgraphs/connect/source-policy.ts';
import { resourceSettings } from '../../subgraphs/subgraph-resources.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';
import { readTestSuite } from './read-suite.ts';
import { type Recording, recordExchange } from './record-exchange.ts';
import { Redactor } from './redact.ts';
import { findConnector } from './run-test.ts';
import { suiteText, testOf } from './write-suite.ts';
import { type GraphNames, withoutFeeds } from './graph-names.ts';
import { RECORD_USAGE } from './usage.ts';

/** Per run. */
const MAX_RECORDINGS = 100;

/**
 * Runs `tributary connect record`: calls connectors with the policies of a `graph.yaml` and writes tests from the responses.
 * @param builtIn the names of the built-in subgraphs
 * @returns the exit code of the process
 */
export async function runRecordCommand(
  args: readonly string[],
  environment: Environment,
  { write, report }: CommandOutput,
  { builtIn, feeds }: GraphNames,
): Promise<number> {
  const refuse = (problems: readonly string[]) => {
    problems.forEach(report);
    return 1;
  };
  const options = readOptions(args);
  if (options === undefined) return refuse([`Usage: ${RECORD_USAGE}`]);
  const { graph, problems = [] } = readGraphFile(options.graph, environment, builtIn, feeds);
  if (graph === undefined) return refuse(problems);
  const found = findRecordings(options, withoutFeeds(graph.connectors));
  const settingProblems: string[] = [];
  const settings = parseSettings(resourceSettings, environment, settingProblems);
  const all = [...found.problems, ...settingProblems];
  if (settings === undefined || all.length > 0) return refuse(all);
  const resources = { ...settings, monitor: NO_MONITOR, state: createMemoryState() };
  const [first] = found.recordings;
  if (first === undefined) return refuse([`Usage: ${RECORD_USAGE}`]);
  const { name: subgraph, path, source: sdl } = first.file;
  const portable = readConnectors({ name: subgraph, path, sdl }).file;
  const secrets = [
    ...first.file.sources.flatMap(({ policy }) => secretsOf(policy)),
    ...Object.values(first.file.outside?.env ?? {}),
  ];
  const redactor = new Redactor({ secrets, keep: options.keep });
  const tests: object[] = [];
  const failed: string[] = [];
  for (const recording of found.recordings) {
    const connector = portable?.connectors.find(({ name }) => name === recording.connector.name);
    const { response, problem } = await recordExchange(recording, resources);
    if (response === undefined || connector === undefined) failed.push(problem ?? '');
    else {
      const made = testOf(recording, response, connector, redactor);
      if (made.problem === undefined) tests.push(made.test);
      else failed.push(made.problem);
    }
  }
  if (failed.length > 0) return refuse([...failed, 'Nothing was written.']);
  const text = suiteText(schemaPath(options.out, options.graph, first.file), tests);
  if (secrets.some((secret) => secret.length >= 4 && text.includes(secret)))
    return refuse(['A credential would be in the file. Nothing was written.']);
  writeFileSync(options.out, text);
  write(`${options.out} has ${String(tests.length)} ${tests.length === 1 ? 'test' : 'tests'}.`);
  for (const [path, kind] of redactor.replaced) report(`Replaced: ${path} (${kind})`);
  report('Read the file before you commit it: free text can hold names that no rule finds.');
  return 0;
}

interface Options {
  readonly targets: readonly string[];
  readonly graph: string;
  readonly out: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly keep: readonly string[];
  readonly allowWrites: boolean;
  readonly force: boolean;
}

function findRecordings(
  { targets, variables, out, force, allowWrites }: Options,
  files: readonly ConnectorFile[],
): { readonly recordings: readonly Recording[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const add = (
    name: string,
    target: string,
    rest: Pick<Recording, 'variables' | 'clientHeaders'>,
  ) => {
    const [, subgraph, place = target] = /^([a-z][\w-]*):(.*)$/.exec(target) ?? [];
    const matching = files
      .filter((file) => subgraph === undefined || file.name === subgraph)
      .flatMap((file) => {
        const connector = findConnector(file, place);
        return connector === undefined ? [] : [{ file, connector }];
      });
    const [only] = matching;
    if (only === undefined || matching.length > 1) {
      problems.push(
        only === undefined
          ? `${target} is no connector of the graph.yaml.`
          : `${target} is a connector of ${matching.map(({ file }) => file.name).join(' and ')}: write ${only.file.name}:${place}.`,
      );
      return [];
    }
    if (only.connector.isMutation && !allowWrites)
      problems.push(
        `${target} is a mutation, which would change something at the API. Allow it by --allow-writes.`,
      );
    const variables = { ...outsideOf(only.file, only.connector), ...rest.variables };
    return [{ name, target: place, ...only, ...rest, variables }];
  };
  const recordings = targets.flatMap((target): Recording[] => {
    if (!isFile(target))
      return add(`${target} as recorded`, target, { variables, clientHeaders: {} });
    const { suite, problems: found = [] } = readTestSuite(target);
    problems.push(...found);
    return (suite?.tests ?? []).flatMap((test) =>
      test.skip ? [] : add(test.name, test.target, test),
    );
  });
  if (recordings.length > MAX_RECORDINGS)
    problems.push(`At most ${String(MAX_RECORDINGS)} tests are recorded at once.`);
  if (new Set(recordings.map(({ file }) => file)).size > 1)
    problems.push('All connectors of one file of tests must be in one file of connectors.');
  if (existsSync(out) && !force)
    problems.push(`${out} is there already. Name another file by --out, or replace it by --force.`);
  return { recordings, problems };
}

/** `$config` and `$env` from the `graph.yaml`, if set. */
function outsideOf({ outside }: ConnectorFile, connector: Connector): Record<string, unknown> {
  const config = configOf(connector);
  const env = outside?.env ?? {};
  return {
    ...(Object.keys(config).length > 0 && { $config: config }),
    ...(Object.keys(env).length > 0 && { $env: env }),
  };
}

const isFile = (target: string) => /\.ya?ml$/.test(target);

/** The path of the SDL, relative to the test file. */
function schemaPath(out: string, graph: string, file: ConnectorFile): string {
  const path = relative(dirname(resolve(out)), resolve(dirname(graph), file.path));
  const posix = path.split(sep).join('/');
  return posix.startsWith('.') ? posix : `./${posix}`;
}

function readOptions(args: readonly string[]): Options | undefined {
  const read = readArguments(args, {
    graph: { type: 'string', default: './graph.yaml' },
    out: { type: 'string' },
    variables: { type: 'string', default: '{}' },
    keep: { type: 'string', multiple: true, default: [] },
    'allow-writes': { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
  });
  if (read === undefined) return undefined;
  const { values, positionals } = read;
  const variables = parseJson(values.variables);
  const out = values.out ?? positionals.find(isFile);
  if (!isObject(variables) || positionals.length === 0 || out === undefined) return undefined;
  const { graph, keep, force, 'allow-writes': allowWrites } = values;
  return { targets: positionals, graph, out, variables, keep, allowWrites, force };
}
