import type { CacheInvalidation } from '../events/cache-invalidation.ts';
import { type Environment, parseSettings, type Problems } from '../settings/settings.ts';
import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { proxySecrets } from '../upstream/proxy.ts';
import { NO_MONITOR, type UpstreamMonitor } from '../upstream/upstream-monitor.ts';
import { type SandboxVendors, type RunSandboxVendors } from './sandbox-vendors.ts';
import { type BaseUrls, type ConnectorFile, secretsOf } from './connect/connector-file.ts';
import { SourceConnections } from './connect/source-connections.ts';
import type { OpenSubgraph } from './module.ts';
import { type ResourceSettings, resourceSettings } from './subgraph-resources.ts';
import type { ConnectedSubgraph } from './subgraph.ts';
import type { VendorPlan } from './vendor-plan.ts';

export type ReadSdl = (subgraph: string) => string;

/** The subgraphs of a process during its run time. */
export interface RunningSubgraphs {
  /** The built-in subgraphs. */
  readonly subgraphs: readonly ConnectedSubgraph[];
  /** Connections to REST APIs. */
  readonly sources: SourceConnections;
  /** The credentials in use, which logs must redact. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}

/** Subgraphs with valid settings. */
export interface PreparedSubgraphs {
  readonly resources: ResourceSettings;
  readonly parts: readonly PreparedSubgraph[];
  readonly secrets: readonly string[];
  readonly sandboxVendors: SandboxVendors | undefined;
  /** Base URLs of the sandbox vendors of REST APIs. */
  readonly sandboxUrls: BaseUrls;
}

interface PreparedSubgraph {
  readonly name: string;
  readonly open: OpenSubgraph;
}

export interface PrepareOptions {
  readonly plans: readonly VendorPlan[];
  /** Subgraphs of REST APIs, whose credentials logs must redact. @default none */
  readonly connectors?: readonly ConnectorFile[];
  readonly environment: Environment;
  /** If there are problems already, sandbox vendors do not start: only their settings are checked. */
  readonly problems: Problems;
  /** @default plans without sandbox vendors need none */
  readonly sandboxVendors?: RunSandboxVendors;
}

/**
 * Reads the settings of the planned subgraphs. Sandbox vendors start first, because they provide credentials.
 * @returns undefined after a problem; all problems have then been added to `problems`
 */
export async function prepareSubgraphs({
  plans,
  connectors = [],
  environment,
  problems,
  sandboxVendors,
}: PrepareOptions): Promise<PreparedSubgraphs | undefined> {
  const missing = plans.filter(({ usesSandbox }) => usesSandbox);
  const vendors = [
    ...missing.map(({ vendor }) => vendor),
    ...connectors.flatMap(({ sandbox }) => sandbox?.vendors ?? []),
  ];
  const before = problems.length;
  const running = vendors.length > 0 ? await sandboxVendors?.(vendors, problems) : undefined;
  // Placeholders: all other settings are checked even if the sandbox vendors do not run.
  const credentials = Object.fromEntries(missing.map(({ credential }) => [credential, UNKNOWN]));
  const complete = {
    ...environment,
    ...credentials,
    ...withOwnSecrets(running?.environment ?? {}, environment),
  };
  const resources = parseSettings(resourceSettings, complete, problems);
  const parts = plans.flatMap(({ module, vendor }) => {
    const open = parseSettings(module.settings(vendor), complete, problems);
    return open === undefined ? [] : [{ name: module.name, open }];
  });
  if (resources !== undefined && problems.length === before) {
    return {
      resources,
      parts,
      sandboxUrls: urlsOf(vendors, running?.environment ?? {}),
      secrets: [
        ...connectors.flatMap(secretsOf),
        ...plans.flatMap(({ credential }) => complete[credential] ?? []),
        ...proxySecrets(resources.proxies),
      ],
      sandboxVendors: running,
    };
  }
  running?.close();
  return undefined;
}

const UNKNOWN = 'unknown';

/** The events of a sandbox vendor can have several signing secrets: its own, and configured ones for events that are sent by hand. */
const withOwnSecrets = (ofSandbox: Environment, own: Environment): Environment =>
  Object.fromEntries(
    Object.entries(ofSandbox).map(([name, value]) => {
      const set = name.endsWith('_SECRETS') ? (own[name] ?? '') : '';
      return [name, set === '' ? value : `${set},${value ?? ''}`];
    }),
  );

/** Base URLs of sandbox vendors, by their names. */
const urlsOf = (vendors: readonly string[], environment: Environment): BaseUrls =>
  Object.fromEntries(vendors.map((name) => [name, environment[`${name.toUpperCase()}_BASE_URL`]]));

export interface OpenSubgraphsOptions {
  readonly readSdl: ReadSdl;
  /** Receives events between this process and the vendors. @default none */
  readonly monitor?: UpstreamMonitor;
  /** State that the instances share; the code that opened it closes it. @default the memory of this process */
  readonly state?: SharedState;
  /** Invalidation of cached responses by changes. @default only writes through this graph invalidate them */
  readonly invalidation?: CacheInvalidation | undefined;
}

export function openSubgraphs(
  prepared: PreparedSubgraphs,
  options: OpenSubgraphsOptions,
): RunningSubgraphs {
  const { readSdl, monitor = NO_MONITOR, state = createMemoryState() } = options;
  // A log that other instances do not share lacks their changes, and cannot invalidate their responses.
  const invalidation =
    options.invalidation?.isShared === true || state.redis === undefined
      ? options.invalidation
      : undefined;
  invalidation?.eraseFrom(state.responses);
  const resources = { ...prepared.resources, monitor, state, invalidation };
  const subgraphs = prepared.parts.map(({ name, open }) => open({ sdl: readSdl(name), resources }));
  return {
    subgraphs,
    sources: new SourceConnections(resources, prepared.sandboxUrls),
    secrets: [
      ...prepared.secrets,
      ...subgraphs.flatMap(({ events }) => events?.webhooks?.secrets ?? []),
    ],
    close: async () => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
      prepared.sandboxVendors?.close();
    },
  };
}
