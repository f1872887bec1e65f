import { type AccessConfig, readAccessConfig } from '../access/access-config.ts';
import type { Callers } from '../access/callers.ts';
import { describeAccess, openCallers } from '../access/open-callers.ts';
import { createCallerSigning, type SignCaller } from '../access/services/signed-caller.ts';
import { readSubgraphAccess } from '../access/services/subgraph-access.ts';
import type { Environment, Problems } from '../configuration/environment.ts';
import type { RedisLink } from '../state/redis-connection.ts';
import type { GatewayConfig } from './config.ts';

/** Who may ask the gateway, and what it tells the services of its subgraphs of them. */
export interface GatewayAccess {
  readonly config: AccessConfig;
  readonly isSandbox: boolean;
  /** Undefined where services are not told who asks, or there are none. */
  readonly subgraphSecret: string | undefined;
}

export interface GatewayAccessOptions {
  readonly config: GatewayConfig | undefined;
  readonly isSandbox: boolean;
  /** What the gateway can serve by name. */
  readonly audiences: ReadonlyMap<string, unknown>;
}

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readGatewayAccess(
  environment: Environment,
  problems: Problems,
  { config, isSandbox, audiences }: GatewayAccessOptions,
): GatewayAccess | undefined {
  const access = readAccessConfig(environment, problems, { isSandbox });
  checkAudience(access?.anonymous?.audience, audiences, problems);
  if (config === undefined) return undefined;
  const { execution, production } = config;
  if (execution.mode === 'embedded') return access && { config: access, isSandbox, subgraphSecret: undefined };
  // The subgraphs of somebody else's supergraph may know nothing of our signatures.
  const subgraphs = readSubgraphAccess(environment, problems, { mustSign: production && execution.mode === 'distributed' });
  return access && subgraphs && { config: access, isSandbox, subgraphSecret: subgraphs.secret };
}

function checkAudience(wanted: string | undefined, audiences: ReadonlyMap<string, unknown>, problems: Problems): void {
  if (wanted === undefined || audiences.has(wanted)) return;
  const names = [...audiences.keys()].sort().join(', ');
  problems.push(`ANONYMOUS_AUDIENCE must be one of the audiences${names === '' ? ', but there are none' : `: ${names}`}.`);
}

export interface OpenAccess {
  readonly callers: Callers;
  readonly signCaller: SignCaller | undefined;
}

/** @param redis is the process's connection, where it has one. */
export async function openGatewayAccess(
  { config, subgraphSecret }: GatewayAccess,
  timing: TimingOptions,
  redis: RedisLink | undefined,
): Promise<OpenAccess> {
  return {
    callers: await openCallers(config, redis),
    signCaller: subgraphSecret === undefined ? undefined : createCallerSigning(subgraphSecret, timing),
  };
}

type TimingOptions = Parameters<typeof createCallerSigning>[1];

/** Lines for whoever starts the process. */
export const describeGatewayAccess = ({ config, isSandbox }: GatewayAccess) => describeAccess(config, { isSandbox });

/** What no log may hold. */
export const secretsOf = ({ subgraphSecret }: GatewayAccess): readonly string[] => (subgraphSecret === undefined ? [] : [subgraphSecret]);
