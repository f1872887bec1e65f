import { accessSettings } from '../gateway/access/access-config.ts';
import { subgraphAccessSettings } from '../gateway/access/services/subgraph-access.ts';
import { serviceLimitSettings } from '../gateway/admission/limit-settings.ts';
import { catchUpSettings } from '../events/catch-up/catch-up-settings.ts';
import { eventsSettings } from '../events/events-settings.ts';
import { gatewaySettings } from '../gateway/config.ts';
import { tracingSettings } from '../monitoring/start-tracing.ts';
import { exitWithProblems } from '../gateway/server/run.ts';
import { readSecretFiles } from '../settings/secret-files.ts';
import {
  allOf,
  type Environment,
  type Problems,
  type Variable,
  variablesOf,
} from '../settings/settings.ts';
import { stateSettings } from '../state/open-state.ts';
import { feedSettings } from '../subgraphs/feeds/feed.ts';
import { resourceSettings } from '../subgraphs/subgraph-resources.ts';
import { FEEDS } from './feeds.ts';
import { SUBGRAPHS } from './subgraphs.ts';

/** Settings that the gateway and the subgraph services share. */
const PROGRAM_SETTINGS = allOf({
  gateway: gatewaySettings(SUBGRAPHS),
  serviceLimits: serviceLimitSettings,
  access: accessSettings({ isSandbox: true }),
  services: subgraphAccessSettings({ mustSign: false }),
  state: stateSettings,
  catchUp: catchUpSettings,
  events: eventsSettings,
  tracing: tracingSettings,
  resources: resourceSettings,
  ...Object.fromEntries(
    FEEDS.map((feed) => [`feed ${feed.name}`, feedSettings(feed, { mayUseSandbox: true })]),
  ),
  ...Object.fromEntries(
    SUBGRAPHS.flatMap(({ name, vendors, settings }) =>
      Object.keys(vendors).map((vendor) => [`${name} ${vendor}`, settings(vendor)]),
    ),
  ),
});

/** Every variable, by its name. */
export const VARIABLES: ReadonlyMap<string, Variable> = variablesOf(PROGRAM_SETTINGS);

/** The names of variables with secrets. Each can also be read from a file. */
export const SECRETS: readonly string[] = [...VARIABLES].flatMap(([name, { isSecret }]) =>
  isSecret ? [name] : [],
);

/** The environment with the secrets of files. Exits the process if one cannot be read: other settings depend on it. */
export function readSecrets(): Environment {
  const problems: Problems = [];
  const environment = readSecretFiles(process.env, SECRETS, problems);
  exitWithProblems(problems);
  return environment;
}
