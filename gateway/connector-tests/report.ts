import type { SuiteResult } from './run-suites.ts';
import type { TestResult } from './run-test.ts';

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function totalsOf(suites: readonly SuiteResult[]): Totals {
  const all = suites.flatMap(({ results }) => results);
  const count = (result: TestResult['result']) => all.filter((one) => one.result === result).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** Human-readable: a line for each test and for each difference, with file and line. */
export function textReport(suites: readonly SuiteResult[]): readonly string[] {
  const { passed, failed, skipped } = totalsOf(suites);
  return [
    ...suites.flatMap(suiteLines),
    `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`,
  ];
}

const WORDS = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const;

const suiteLines = (suiteResult: SuiteResult): readonly string[] => [
  suiteResult.suite.name,
  ...suiteResult.results.flatMap((one) => [
    `  ${WORDS[one.result]} ${one.test.name} (${one.test.target})`,
    ...failureLines(suiteResult, one).map((line) => `         ${line}`),
  ]),
  ...(suiteResult.untested.length === 0
    ? []
    : [`       without a test: ${suiteResult.untested.join(', ')}`]),
];

const failureLines = ({ suite }: SuiteResult, { test, failures }: TestResult): readonly string[] =>
  failures.map(
    ({ place, message }) =>
      `${suite.path}:${String(suite.lineOf(place))}: ${named(place.slice(test.place.length))}${message}.`,
  );

/** The place relative to the test: `expect.connectorResponse`. */
const named = (below: readonly PropertyKey[]) =>
  below.length === 0 ? '' : `${below.map(String).join('.')}: `;

export const jsonReport = (suites: readonly SuiteResult[]): string =>
  JSON.stringify(
    {
      success: totalsOf(suites).failed === 0,
      ...totalsOf(suites),
      suites: suites.map(({ suite, file, results, untested }) => ({
        name: suite.name,
        file: suite.path,
        schema: file.path,
        untested,
        tests: results.map(({ test, result, failures }) => ({
          name: test.name,
          connector: test.target,
          line: suite.lineOf(test.place),
          result,
          failures: failures.map(({ place, message }) => ({
            line: suite.lineOf(place),
            message,
          })),
        })),
      })),
    },
    null,
    2,
  );

/** JUnit XML for CI systems: https://github.com/testmoapp/junitxml */
export function junitReport(suites: readonly SuiteResult[]): string {
  const { passed, failed, skipped } = totalsOf(suites);
  const counts = (tests: number, failures: number, left: number) =>
    `tests="${String(tests)}" failures="${String(failures)}" skipped="${String(left)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts(passed + failed + skipped, failed, skipped)}>`,
    ...suites.flatMap((suite) => {
      const totals = totalsOf([suite]);
      return [
        `  <testsuite name="${escapeXml(suite.suite.name)}" ${counts(suite.results.length, totals.failed, totals.skipped)}>`,
        ...suite.results.flatMap((one) => junitCase(suite, one)),
        '  </testsuite>',
      ];
    }),
    '</testsuites>',
    '',
  ].join('\n');
}

function junitCase(suite: SuiteResult, one: TestResult): readonly string[] {
  const { test, result } = one;
  const attributes = `name="${escapeXml(test.name)}" classname="${escapeXml(test.target)}" file="${escapeXml(suite.suite.path)}" line="${String(suite.suite.lineOf(test.place))}"`;
  if (result === 'passed') return [`    <testcase ${attributes}/>`];
  const inside =
    result === 'skipped'
      ? '<skipped/>'
      : `<failure message="does not do what it is expected to">${escapeXml(failureLines(suite, one).join('\n'))}</failure>`;
  return [`    <testcase ${attributes}>`, `      ${inside}`, '    </testcase>'];
}

/** Also replaces characters that XML 1.0 does not allow. */
const escapeXml = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/[<>&"]/g, (character) => ENTITIES[character] ?? character);

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
};
