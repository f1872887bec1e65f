import { writeFileSync } from 'node:fs';
import { readArguments } from '../../settings/command-line.ts';
import type { CommandOutput } from '../access/command/keys-command.ts';
import { findSuites } from './find-suites.ts';
import { jsonReport, junitReport, textReport, totalsOf } from './report.ts';
import { loadSuites, runSuite } from './run-suites.ts';
import { TEST_USAGE } from './usage.ts';

/**
 * Runs `tributary connect test` without network, with the code that serves client requests.
 * @returns the exit code of the process
 */
export function runTestCommand(args: readonly string[], { write, report }: CommandOutput): number {
  const options = readOptions(args);
  if (options === undefined) {
    report(`Usage: ${TEST_USAGE}`);
    return 1;
  }
  const { paths, problems } = findSuites(options.targets);
  const loaded = loadSuites(paths, options.schema);
  const all = [...problems, ...loaded.problems];
  if (all.length === 0 && paths.length === 0)
    all.push(`There are no files called *.connector.yaml in ${options.targets.join(', ')}.`);
  if (all.length > 0) {
    all.forEach(report);
    return 1;
  }
  const suites = loaded.suites.map((suite) => runSuite(suite, options.name));
  const { passed, failed, skipped } = totalsOf(suites);
  if (options.junit !== undefined) writeFileSync(options.junit, junitReport(suites));
  if (options.format === 'json') write(jsonReport(suites));
  else textReport(suites).forEach(write);
  if (passed + failed + skipped > 0) return failed === 0 ? 0 : 1;
  report(`No test has "${options.name}" in its name.`);
  return 1;
}

function readOptions(args: readonly string[]) {
  const read = readArguments(args, {
    schema: { type: 'string' },
    name: { type: 'string', default: '' },
    format: { type: 'string', default: 'text' },
    junit: { type: 'string' },
  });
  if (read === undefined) return undefined;
  const { values, positionals } = read;
  if (values.format !== 'text' && values.format !== 'json') return undefined;
  return { ...values, targets: positionals.length > 0 ? positionals : ['.'] };
}
