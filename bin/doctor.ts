import { alignColumns } from '../gateway/access/command/align-columns.ts';
import type { CommandOutput } from '../gateway/access/command/keys-command.ts';
import { graphPathOf } from '../gateway/composition/graph-extensions.ts';
import { readGraphFile } from '../gateway/composition/graph-file.ts';
import { type Environment, parseSettings, type Problems } from '../settings/settings.ts';
import type { ConnectorFile } from '../subgraphs/connect/connector-file.ts';
import { checkOf } from '../subgraphs/connect/source-checks.ts';
import { readChecks, remediesOf, runChecks, type VendorCheck } from '../subgraphs/vendor-check.ts';
import { proxySettings } from '../upstream/proxy.ts';
import { planVendors, type VendorPlan } from '../subgraphs/vendor-plan.ts';
import type { ReadSdl } from '../subgraphs/start-subgraphs.ts';
import { FEEDS } from './feeds.ts';
import { SUBGRAPHS } from './subgraphs.ts';

export const DOCTOR_USAGE = ['tributary doctor [--paid]'];

/**
 * `tributary doctor [--paid]`: tries each vendor credential, and each permission that the graph needs.
 * @param readSdl reads the SDL of built-in subgraphs and data feeds
 * @returns the exit code: 1 if anything must be changed
 */
export async function runDoctor(
  args: readonly string[],
  environment: Environment,
  { write, report }: CommandOutput,
  readSdl: ReadSdl,
): Promise<number> {
  const problems: Problems = [];
  if (args.some((arg) => arg !== '--paid')) problems.push(...DOCTOR_USAGE);
  const plans = planVendors({ modules: SUBGRAPHS, environment, production: false, problems });
  const checked = plans.map((plan) => ({ plan, checks: checksOf(plan, environment, problems) }));
  const proxies = parseSettings(proxySettings, environment, problems);
  const connectors = readConnectorFiles(environment, problems, readSdl);
  for (const problem of problems) report(problem);
  if (problems.length > 0) return 1;
  const rows = [['VENDOR', 'TO', 'NEEDS', 'RESULT']];
  const remedies: string[] = [];
  for (const { plan, checks } of checked) {
    if (plan.usesSandbox)
      rows.push([plan.vendor, '', '', `not tried: ${plan.credential} is not set`]);
    const outcomes = await runChecks(
      checks.filter(({ isPaid }) => isPaid !== true || args.includes('--paid')),
      proxies,
    );
    rows.push(...outcomes.map(({ name, needs, result }) => [plan.vendor, name, needs, result]));
    remedies.push(...remediesOf(outcomes));
  }
  for (const { sources, sandbox } of connectors)
    for (const source of sources) {
      const found = sandbox === undefined ? checkOf(source) : { notTried: sandbox.reason };
      if ('notTried' in found) rows.push([source.name, '', '', `not tried: ${found.notTried}`]);
      else {
        const outcomes = await runChecks([found.check], proxies);
        rows.push(...outcomes.map(({ name, needs, result }) => [source.name, name, needs, result]));
        remedies.push(...remediesOf(outcomes));
      }
    }
  for (const line of alignColumns(rows)) write(line);
  write('');
  if (remedies.length === 0) write('Nothing to change.');
  remedies.forEach((remedy, index) => {
    write(`${String(index + 1)}. ${remedy}`);
  });
  return remedies.length === 0 ? 0 : 1;
}

/** The connectors of the graph that `GRAPH` names. */
function readConnectorFiles(
  environment: Environment,
  problems: Problems,
  readSdl: ReadSdl,
): readonly ConnectorFile[] {
  const path = graphPathOf(environment);
  if (path === undefined) return [];
  const names = SUBGRAPHS.map(({ name }) => name);
  const read = readGraphFile(path, environment, names, { feeds: FEEDS, readSdl });
  problems.push(...(read.problems ?? []));
  return read.graph?.connectors ?? [];
}

/**
 * The checks at a start in production: only those for reads, and none that costs money.
 * @returns the remedies of failed checks
 */
export async function findRemedies(
  plans: readonly VendorPlan[],
  environment: Environment,
): Promise<readonly string[]> {
  const checks = plans.flatMap((plan) => checksOf(plan, environment, []));
  const proxies = parseSettings(proxySettings, environment, []);
  return remediesOf(await runChecks(readChecks(checks), proxies));
}

function checksOf(
  { module, vendor, usesSandbox }: VendorPlan,
  environment: Environment,
  problems: Problems,
): readonly VendorCheck[] {
  if (usesSandbox) return [];
  return parseSettings(module.checks(vendor), environment, problems) ?? [];
}
