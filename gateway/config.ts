import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readSafelistConfig, type SafelistConfig } from '../access/safelist/safelist-config.ts';
import { httpUrl, oneOf, origins, type Environment, type Problems, readEnvironment } from '../configuration/environment.ts';
import type { Service } from '../errors/coded-error.ts';
import { type CostLimits, readCostLimits } from '../limits/cost-limits.ts';
import { readServerConfig, type ServerConfig } from '../http/server-config.ts';
import { type LimitSettings, readLimits } from '../limits/limit-settings.ts';
import { readSubgraphs } from './supergraph/joins.ts';
import { Supergraph } from './supergraph/supergraph.ts';

export interface GatewayConfig extends ServerConfig {
  readonly playground: boolean;
  readonly execution: Execution;
  /** Undefined where every operation is expected. */
  readonly safelist: SafelistConfig | undefined;
  /** Of pages that may ask from a browser; or `*` alone. */
  readonly corsOrigins: readonly string[];
  readonly limits: LimitSettings;
  readonly costLimits: CostLimits;
}

/** How operations are run. */
export type Execution =
  | { readonly mode: 'embedded' }
  /** Each subgraph is a service at its URL. */
  | { readonly mode: 'distributed'; readonly urls: SubgraphUrls }
  /** The supergraph in a file, over HTTP, by the URLs that it names. */
  | { readonly mode: 'supergraph'; readonly supergraph: Supergraph };

export type SubgraphUrls = Readonly<Record<Service, string>>;

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readGatewayConfig(environment: Environment, problems: Problems): GatewayConfig | undefined {
  const server = readServerConfig(environment, problems, { defaultPort: 4000 });
  const read = readEnvironment(
    {
      CORS_ORIGINS: origins().optional(),
      PLAYGROUND: oneOf(['true', 'false']).optional(),
      SUPERGRAPH: z.string().optional(),
      CRM_SUBGRAPH_URL: httpUrl().optional(),
      PAYMENTS_SUBGRAPH_URL: httpUrl().optional(),
      MAPS_SUBGRAPH_URL: httpUrl().optional(),
    },
    environment,
    problems,
  );
  const execution = read && readExecution(read, problems);
  const safelist = readSafelistConfig(environment, problems);
  const limits = readLimits(environment, problems);
  const costLimits = readCostLimits(environment, problems);
  if (server === undefined || execution === undefined || limits === undefined || costLimits === undefined) return undefined;
  const playground = read?.PLAYGROUND === undefined ? !server.production : read.PLAYGROUND === 'true';
  return Object.freeze({ ...server, playground, execution, limits, costLimits, safelist, corsOrigins: read?.CORS_ORIGINS ?? [] });
}

interface ExecutionVariables {
  readonly SUPERGRAPH?: string | undefined;
  readonly CRM_SUBGRAPH_URL?: string | undefined;
  readonly PAYMENTS_SUBGRAPH_URL?: string | undefined;
  readonly MAPS_SUBGRAPH_URL?: string | undefined;
}

function readExecution(variables: ExecutionVariables, problems: Problems): Execution | undefined {
  const { SUPERGRAPH: file, CRM_SUBGRAPH_URL: crm, PAYMENTS_SUBGRAPH_URL: payments, MAPS_SUBGRAPH_URL: maps } = variables;
  const urls = Object.entries({ CRM_SUBGRAPH_URL: crm, PAYMENTS_SUBGRAPH_URL: payments, MAPS_SUBGRAPH_URL: maps });
  const unset = urls.flatMap(([name, url]) => (url === undefined ? [name] : []));
  if (file !== undefined) {
    const supergraph = readSupergraph(file, problems);
    if (supergraph === undefined || unset.length === urls.length) return supergraph && { mode: 'supergraph', supergraph };
    problems.push(
      'SUPERGRAPH names the URLs of its subgraphs itself, so CRM_SUBGRAPH_URL, PAYMENTS_SUBGRAPH_URL and MAPS_SUBGRAPH_URL must be unset.',
    );
    return undefined;
  }
  if (crm !== undefined && payments !== undefined && maps !== undefined) {
    return { mode: 'distributed', urls: Object.freeze({ crm, payments, maps }) };
  }
  if (unset.length === urls.length) return { mode: 'embedded' };
  problems.push(
    `CRM_SUBGRAPH_URL, PAYMENTS_SUBGRAPH_URL and MAPS_SUBGRAPH_URL must be set together, but ${unset.join(' and ')} ${unset.length === 1 ? 'is' : 'are'} not.`,
  );
  return undefined;
}

function readSupergraph(file: string, problems: Problems): Supergraph | undefined {
  const sdl = readText(file);
  const supergraph = sdl === undefined ? undefined : new Supergraph(sdl);
  if (supergraph === undefined) problems.push(`SUPERGRAPH must name a file that can be read, but is "${file}".`);
  else if (isSupergraph(supergraph)) return supergraph;
  else problems.push(`SUPERGRAPH must name a Federation v2 supergraph, but "${file}" contains something else.`);
  return undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isSupergraph(supergraph: Supergraph): boolean {
  try {
    return readSubgraphs(supergraph.document).size > 0;
  } catch {
    return false;
  }
}
