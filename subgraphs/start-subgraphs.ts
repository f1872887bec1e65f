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

/** The subgraphs of a process, for as long as it runs. */
export interface RunningSubgraphs {
  /** The built-in ones. */
  readonly subgraphs: readonly ConnectedSubgraph[];
  /** To REST APIs. */
  readonly sources: SourceConnections;
  /** The credentials in use, which no log may hold. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}

/** Subgraphs whose settings are known. */
export interface PreparedSubgraphs {
  readonly resources: ResourceSettings;
  readonly parts: readonly PreparedSubgraph[];
  readonly secrets: readonly string[];
  readonly sandboxVendors: SandboxVendors | undefined;
  /** Where sandbox vendors of REST APIs answer. */
  readonly sandboxUrls: BaseUrls;
}

interface PreparedSubgraph {
  readonly name: string;
  readonly open: OpenSubgraph;
}

export interface PrepareOptions {
  readonly plans: readonly VendorPlan[];
  /** Subgraphs of REST APIs, whose credentials no log may hold. @default none */
  readonly connectors?: readonly ConnectorFile[];
  readonly environment: Environment;
  /** Where there are problems already, sandbox vendors are not started: their settings alone are checked. */
  readonly problems: Problems;
  /** @default for plans without sandbox vendors */
  readonly sandboxVendors?: RunSandboxVendors;
}

/**
 * Reads the settings of the planned subgraphs. The sandbox vendors that they need come first, because they bring their credentials along.
 * @returns undefined where anything was wrong; every problem has then been added to `problems`.
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
  // Of those that do not run, everything else is checked.
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

/** Several secrets may sign the events of a sandbox vendor: its own, and those that are set beside it, for events that are sent by hand. */
const withOwnSecrets = (ofSandbox: Environment, own: Environment): Environment =>
  Object.fromEntries(
    Object.entries(ofSandbox).map(([name, value]) => {
      const set = name.endsWith('_SECRETS') ? (own[name] ?? '') : '';
      return [name, set === '' ? value : `${set},${value ?? ''}`];
    }),
  );

/** Where sandbox vendors answer, by their names. */
const urlsOf = (vendors: readonly string[], environment: Environment): BaseUrls =>
  Object.fromEntries(vendors.map((name) => [name, environment[`${name.toUpperCase()}_BASE_URL`]]));

export interface OpenSubgraphsOptions {
  readonly readSdl: ReadSdl;
  /** Hears what happens between this process and the vendors. @default nobody does */
  readonly monitor?: UpstreamMonitor;
  /** What the process's instances know together; whoever opened it closes it. @default what this process knows */
  readonly state?: SharedState;
  /** What changes have made void. @default caches know of writes through this graph alone */
  readonly invalidation?: CacheInvalidation | undefined;
}

export function openSubgraphs(
  prepared: PreparedSubgraphs,
  options: OpenSubgraphsOptions,
): RunningSubgraphs {
  const { readSdl, monitor = NO_MONITOR, state = createMemoryState() } = options;
  // A log that other instances do not share says nothing of what they change, and which of their responses are void.
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
