import { z } from 'zod';
import { safelistSettings, type SafelistConfig } from './access/safelist/safelist-config.ts';
import { addProblem, allOf, type Settings } from '../settings/settings.ts';
import { httpUrl, oneOf, origins } from '../settings/values.ts';
import { readTextFile } from '../settings/text-file.ts';
import { serverSettings, type ServerConfig } from './server/server-config.ts';
import { type CostLimits, costSettings } from './admission/cost-limits.ts';
import { limitSettings, type LimitSettings } from './admission/limit-settings.ts';
import { graphPathOf } from './composition/graph-extensions.ts';
import { type GraphFile, readGraphFile } from './composition/graph-file.ts';
import { type KnownFeeds, NO_FEEDS } from '../subgraphs/feeds/feed.ts';
import { findBuiltIn } from './engines/built-in-subgraphs.ts';
import { readJoins } from './supergraph/joins.ts';
import { unexecutedFeatures } from './supergraph/unexecuted-features.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';
import { Supergraph } from './supergraph/supergraph.ts';

export interface GatewayConfig extends ServerConfig {
  readonly playground: boolean;
  readonly execution: Execution;
  /** Undefined if all operations are allowed. */
  readonly safelist: SafelistConfig | undefined;
  /** Origins of pages that can call the gateway from a browser; or only `*`. */
  readonly corsOrigins: readonly string[];
  readonly limits: LimitSettings;
  readonly costLimits: CostLimits;
}

/** The mode of execution. */
export type Execution =
  | { readonly mode: 'embedded' }
  /** Each subgraph is a service with a URL. */
  | { readonly mode: 'distributed'; readonly urls: SubgraphUrls }
  /** Embedded subgraphs and services, from a `graph.yaml`. */
  | { readonly mode: 'mixed'; readonly graph: GraphFile }
  /** A supergraph from a file, whose subgraphs are services with the URLs in it. */
  | { readonly mode: 'supergraph'; readonly supergraph: Supergraph };

/** By the names of the subgraphs. */
export type SubgraphUrls = Readonly<Record<string, string>>;

/** The properties of a built-in subgraph that settings need. */
export type BuiltInSubgraph = Pick<SubgraphModule, 'name' | 'ownType' | 'changes'>;

/**
 * @param subgraphs the built-in subgraphs; each can be a service with a URL: `CRM_SUBGRAPH_URL`
 * @param feeds the data feeds that a `graph.yaml` can use
 */
export function gatewaySettings(
  subgraphs: readonly BuiltInSubgraph[],
  feeds: KnownFeeds = NO_FEEDS,
): Settings<GatewayConfig> {
  return allOf({
    server: serverSettings({ defaultPort: 4000 }),
    pages: z.object({
      CORS_ORIGINS: origins().optional(),
      PLAYGROUND: oneOf(['true', 'false']).optional(),
    }),
    execution: executionSettings(subgraphs, feeds),
    safelist: safelistSettings,
    limits: limitSettings,
    costLimits: costSettings,
  }).transform(({ server, pages: { PLAYGROUND, CORS_ORIGINS: corsOrigins = [] }, ...rest }) => ({
    ...server,
    ...rest,
    corsOrigins,
    playground: PLAYGROUND === undefined ? !server.production : PLAYGROUND === 'true',
  }));
}

/**
 * @param subgraphs the built-in subgraphs
 * @param feeds the data feeds that a `graph.yaml` can use
 */
export function executionSettings(
  subgraphs: readonly BuiltInSubgraph[],
  feeds: KnownFeeds = NO_FEEDS,
): Settings<Execution> {
  const names = subgraphs.map(({ name }) => name);
  const variables = names.map((name) => `${name.toUpperCase()}_SUBGRAPH_URL`);
  const urlSettings = z.object(
    Object.fromEntries(variables.map((variable) => [variable, httpUrl().optional()])),
  );
  return allOf({
    file: z.object({ SUPERGRAPH: z.string().optional(), GRAPH: z.string().optional() }),
    urls: urlSettings,
    environment: z.record(z.string(), z.string().optional()),
  }).transform(({ file: { SUPERGRAPH: file, GRAPH }, urls, environment }, context): Execution => {
    const unset = variables.filter((variable) => urls[variable] === undefined);
    const graphFile = graphPathOf({ GRAPH });
    if (graphFile !== undefined) {
      const others = [
        ...(file === undefined ? [] : ['SUPERGRAPH']),
        ...variables.filter((variable) => urls[variable] !== undefined),
      ];
      if (others.length > 0)
        addProblem(
          context,
          `${graphFile} names the subgraphs, so ${listed(others)} must be unset.`,
        );
      const { graph, problems = [] } = readGraphFile(graphFile, environment, names, feeds);
      for (const problem of problems) addProblem(context, problem);
      return graph === undefined ? z.NEVER : { mode: 'mixed', graph };
    }
    if (file !== undefined) {
      if (unset.length < variables.length)
        addProblem(
          context,
          `SUPERGRAPH names the URLs of its subgraphs itself, so ${listed(variables)} must be unset.`,
        );
      const supergraph = readSupergraph(file, subgraphs, context);
      return supergraph === undefined ? z.NEVER : { mode: 'supergraph', supergraph };
    }
    if (unset.length === variables.length) return { mode: 'embedded' };
    if (unset.length > 0) {
      const are = unset.length === 1 ? 'is' : 'are';
      addProblem(
        context,
        `${listed(variables)} must be set together, but ${unset.join(' and ')} ${are} not.`,
      );
    }
    return {
      mode: 'distributed',
      urls: Object.freeze(
        Object.fromEntries(names.map((name, index) => [name, urls[variables[index] ?? ''] ?? ''])),
      ),
    };
  });
}

/** `A, B and C` */
const listed = (names: readonly string[]) => names.join(', ').replace(/, (?=[^,]*$)/, ' and ');

function readSupergraph(
  file: string,
  subgraphs: readonly BuiltInSubgraph[],
  context: z.RefinementCtx,
): Supergraph | undefined {
  const sdl = readTextFile(file);
  const supergraph = sdl === undefined ? undefined : new Supergraph(sdl);
  if (supergraph === undefined)
    addProblem(context, `SUPERGRAPH must name a file that can be read, but is "${file}".`);
  else if (isSupergraph(supergraph)) return refuseUnexecuted(supergraph, subgraphs, context);
  else
    addProblem(
      context,
      `SUPERGRAPH must name a Federation v2 supergraph, but "${file}" contains something else.`,
    );
  return undefined;
}

function refuseUnexecuted(
  supergraph: Supergraph,
  subgraphs: readonly BuiltInSubgraph[],
  context: z.RefinementCtx,
): Supergraph | undefined {
  const changes = new Map(
    findBuiltIn(supergraph, subgraphs).map((subgraph) => [subgraph.name, subgraph.changes]),
  );
  const features = unexecutedFeatures(supergraph.document, (subgraph, field) =>
    Object.hasOwn(changes.get(subgraph) ?? {}, field),
  );
  if (features.length === 0) return supergraph;
  addProblem(
    context,
    `SUPERGRAPH must use only what this server executes, but uses ${listed(features)}.`,
  );
  return undefined;
}

function isSupergraph(supergraph: Supergraph): boolean {
  try {
    return readJoins(supergraph.document).subgraphs.length > 0;
  } catch {
    return false;
  }
}
