import type { Environment } from '../../configuration/environment.ts';
import { ownResources, readResourceSettings, type SubgraphResources } from '../../subgraphs/subgraph-resources.ts';

/** Each test says each answer of a vendor: nothing is tried again, and no failure stands in for the next, unless the test says so. */
export function testResources(environment: Environment): SubgraphResources {
  const problems: string[] = [];
  const settings = readResourceSettings({ UPSTREAM_MAX_TRIES: '1', UPSTREAM_MAX_FAILURES: '0', ...environment }, problems);
  if (settings === undefined) throw new Error(problems.join('\n'));
  return { ...ownResources(), maxTries: settings.maxTries, maxFailures: settings.maxFailures };
}
