import { readTextFile } from '../../settings/text-file.ts';
import type { ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import { readConnectors } from '../../subgraphs/connect/read-connectors.ts';
import { readTestSuite, type TestSuite } from './read-suite.ts';
import { findConnector, placeOf, runTest, type TestResult } from './run-test.ts';

/** A test file and its connectors. */
export interface LoadedSuite {
  readonly suite: TestSuite;
  readonly file: ConnectorFile;
}

export interface SuiteResult extends LoadedSuite {
  readonly results: readonly TestResult[];
  /** The connectors without a test in the file. */
  readonly untested: readonly string[];
}

export interface LoadedSuites {
  readonly suites: readonly LoadedSuite[];
  /** Problems of the files: one sentence each, with file and line. */
  readonly problems: readonly string[];
}

/** Reads test files and their SDL. @param schema the path of an SDL file that replaces theirs */
export function loadSuites(paths: readonly string[], schema: string | undefined): LoadedSuites {
  const problems: string[] = [];
  const files = new Map<string, ConnectorFile | undefined>();
  const suites = paths.flatMap((path) => {
    const { suite, problems: found = [] } = readTestSuite(path);
    problems.push(...found);
    if (suite === undefined) return [];
    const sdl = schema ?? suite.schema;
    if (sdl === undefined) {
      problems.push(`${path}:1: config.schema must name the file of the connectors.`);
      return [];
    }
    if (!files.has(sdl)) files.set(sdl, readFile(sdl, problems));
    const file = files.get(sdl);
    return file === undefined ? [] : [{ suite, file }];
  });
  return { suites, problems };
}

function readFile(path: string, problems: string[]): ConnectorFile | undefined {
  const sdl = readTextFile(path);
  if (sdl === undefined) {
    problems.push(`${path} must be a file that can be read.`);
    return undefined;
  }
  const read = readConnectors({ name: 'connectors', path, sdl });
  problems.push(...(read.problems ?? []));
  return read.file;
}

/** Runs the tests whose names contain a text. */
export function runSuite({ suite, file }: LoadedSuite, named: string): SuiteResult {
  const results = suite.tests
    .filter(({ name }) => name.toLowerCase().includes(named.toLowerCase()))
    .map((test) => runTest(test, file));
  const tested = new Set(suite.tests.map(({ target }) => findConnector(file, target)));
  const untested = file.connectors.filter((connector) => !tested.has(connector)).map(placeOf);
  return { suite, file, results, untested };
}
