import type { Callers } from '../gateway/access/callers.ts';
import type { ReloadedService } from '../gateway/graphql/service.ts';
import { readSecretFiles } from '../settings/secret-files.ts';
import type { Environment, Problems } from '../settings/settings.ts';
import { renewCredentials } from '../subgraphs/renew-credentials.ts';
import type { ConnectedSubgraph } from '../subgraphs/subgraph.ts';
import type { VendorPlan } from '../subgraphs/vendor-plan.ts';
import type { ProxySettings } from '../upstream/proxy.ts';
import type { ReloadGraph } from './graph-reload.ts';
import { SECRETS } from './program-settings.ts';

export interface ReloadOptions {
  /** The environment at start. */
  readonly environment: Environment;
  /** Reads `.env` again into the environment of the process. */
  readonly readEnvironmentFile: () => void;
  readonly plans: readonly VendorPlan[];
  readonly subgraphs: readonly ConnectedSubgraph[];
  readonly proxies: ProxySettings | undefined;
  readonly callers: Callers;
  /** To be redacted in logs; new credentials are added. */
  readonly secrets: string[];
  readonly reloadGraph: ReloadGraph;
  /** Receives the problems in addition to the log. @default only the log does */
  readonly onProblems?: ((problems: readonly string[]) => void) | undefined;
}

/** The handler of SIGHUP: reads each file again. A file with a problem leaves its last good state in force. */
export function createReload(options: ReloadOptions): (service: ReloadedService) => Promise<void> {
  let { environment } = options;
  const renewable = new Set(options.plans.map(({ credential }) => credential));
  return async (service) => {
    const { logger } = service;
    const problems: Problems = [];
    const before = environment;
    options.readEnvironmentFile();
    // A secret that cannot be read keeps its value.
    environment = { ...before, ...readSecretFiles(process.env, SECRETS, problems) };
    const changed = SECRETS.filter((name) => environment[name] !== before[name]);
    const { renewed, problems: refused } = await renewCredentials({
      ...options,
      environment,
      onSecret: (secret) => {
        if (!options.secrets.includes(secret)) options.secrets.push(secret);
      },
    });
    problems.push(...refused);
    for (const name of changed.filter((one) => !renewable.has(one)))
      problems.push(`${name} has changed, which takes effect at the next restart.`);
    problems.push(
      ...(await options.callers.reload()),
      ...(await options.reloadGraph(environment, service)),
    );
    for (const problem of problems)
      logger.error({ problem }, 'not reloaded; the last good state remains in force');
    if (problems.length > 0) options.onProblems?.(problems);
    logger.info({ renewed, problems: problems.length }, 'reloaded');
  };
}
