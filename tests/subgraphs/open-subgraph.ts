import { readFileSync } from 'node:fs';
import { type Environment, parseSettings, type Problems } from '../../settings/settings.ts';
import type { Extension } from '../../subgraphs/extensions/read-extension.ts';
import type { SubgraphModule } from '../../subgraphs/module.ts';
import type { ConnectedSubgraph, Subgraph } from '../../subgraphs/subgraph.ts';
import { planVendors } from '../../subgraphs/vendor-plan.ts';
import { testResources } from './test-resources.ts';

export type OpenedSubgraph = Subgraph & Pick<ConnectedSubgraph, 'close'>;

/** A subgraph as its process opens it, without a server around it. @throws Error where a setting is wrong */
export function openSubgraph(
  module: SubgraphModule,
  environment: Environment,
  extension?: Extension,
): OpenedSubgraph {
  const { open, problems } = configure(module, environment);
  if (open === undefined) throw new Error(problems.join('\n'));
  const connected = open({ sdl: readSdl(module.name), resources: testResources(environment) });
  return { ...connected.serve(extension), close: () => connected.close() };
}

/** What is wrong with the settings of a subgraph. */
export const problemsOf = (module: SubgraphModule, environment: Environment): Problems =>
  configure(module, environment).problems;

function configure(module: SubgraphModule, environment: Environment) {
  const problems: Problems = [];
  const [plan] = planVendors({ modules: [module], environment, production: false, problems });
  const open = plan && parseSettings(module.settings(plan.vendor), environment, problems);
  return { open, problems };
}

export const readSdl = (name: string) =>
  readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8');
