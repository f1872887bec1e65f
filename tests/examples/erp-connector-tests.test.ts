import { expect, it } from '@jest/globals';
import { loadSuites, runSuite } from '../../gateway/connector-tests/run-suites.ts';

it('the order system of the example has a test of each of its connectors, which passes', () => {
  const { suites, problems } = loadSuites(
    ['examples/connectors/erp/erp.connector.yaml'],
    undefined,
  );
  expect(problems).toEqual([]);
  const [result] = suites.map((suite) => runSuite(suite, ''));
  expect(result?.untested).toEqual([]);
  expect(result?.results.flatMap(({ failures }) => failures)).toEqual([]);
  expect(result?.results).toHaveLength(8);
});
