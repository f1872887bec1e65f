import { z } from 'zod';
import { type AccessConfig, accessSettings } from './access/access-config.ts';
import type { Callers } from './access/callers.ts';
import { describeAccess, openCallers } from './access/open-callers.ts';
import { createCallerSigning, type SignCaller } from './access/services/signed-caller.ts';
import { type SubgraphAccess, subgraphAccessSettings } from './access/services/subgraph-access.ts';
import { addProblem, allOf, type Settings } from '../settings/settings.ts';
import type { RedisConnection } from '../state/redis-connection.ts';
import type { GatewayConfig } from './config.ts';

/** Which callers have access to the gateway, and the secret for signing callers for services. */
export interface GatewayAccess {
  readonly config: AccessConfig;
  readonly isSandbox: boolean;
  /** Undefined if callers are not signed, or there are no services. */
  readonly subgraphSecret: string | undefined;
}

export interface GatewayAccessOptions {
  /** Undefined if the configuration is invalid. */
  readonly config: Pick<GatewayConfig, 'execution' | 'production'> | undefined;
  readonly isSandbox: boolean;
  /** The audiences that the gateway can serve, by name. */
  readonly audiences: ReadonlyMap<string, unknown>;
}

export function gatewayAccessSettings({
  config,
  isSandbox,
  audiences,
}: GatewayAccessOptions): Settings<GatewayAccess> {
  const mode = config?.execution.mode ?? 'embedded';
  // The services of another supergraph may not support our signatures.
  const mustSign = config?.production === true && mode === 'distributed';
  return allOf({
    config: accessSettings({ isSandbox }).superRefine(({ anonymous }, context) => {
      checkAudience(anonymous?.audience, audiences, context);
    }),
    subgraphs: mode === 'embedded' ? NO_SERVICES : subgraphAccessSettings({ mustSign }),
  }).transform(({ config: access, subgraphs }) => ({
    config: access,
    isSandbox,
    subgraphSecret: subgraphs.secret,
  }));
}

const NO_SERVICES: Settings<Pick<SubgraphAccess, 'secret'>> = z
  .unknown()
  .transform(() => ({ secret: undefined }));

function checkAudience(
  wanted: string | undefined,
  audiences: ReadonlyMap<string, unknown>,
  context: z.RefinementCtx,
): void {
  if (wanted === undefined || audiences.has(wanted)) return;
  const names = [...audiences.keys()].sort().join(', ');
  addProblem(
    context,
    `ANONYMOUS_AUDIENCE must be one of the audiences${names === '' ? ', but there are none' : `: ${names}`}.`,
  );
}

export interface OpenAccess {
  readonly callers: Callers;
  readonly signCaller: SignCaller | undefined;
}

/** @param redis the process's connection, if any */
export async function openGatewayAccess(
  { config, subgraphSecret }: GatewayAccess,
  timing: TimingOptions,
  redis: RedisConnection | undefined,
): Promise<OpenAccess> {
  return {
    callers: await openCallers(config, redis),
    signCaller:
      subgraphSecret === undefined ? undefined : createCallerSigning(subgraphSecret, timing),
  };
}

type TimingOptions = Parameters<typeof createCallerSigning>[1];

/** Lines for the start message. */
export const describeGatewayAccess = ({ config, isSandbox }: GatewayAccess) =>
  describeAccess(config, { isSandbox });

/** Secrets that must not be logged. */
export const secretsOf = ({ subgraphSecret }: GatewayAccess): readonly string[] =>
  subgraphSecret === undefined ? [] : [subgraphSecret];
