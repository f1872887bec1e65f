import { type Environment, parseSettings, type Problems } from '../settings/settings.ts';
import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { proxySecrets } from '../upstream/proxy.ts';
import { NO_MONITOR, type UpstreamMonitor } from '../upstream/upstream-monitor.ts';
import { type SandboxVendors, type RunSandboxVendors } from './sandbox-vendors.ts';
import { createConnectSubgraph } from './connect/connect-subgraph.ts';
import type { ConnectorFile } from './connect/connector-file.ts';
import { secretsOf, secretTexts } from './connect/source-policy.ts';
import type { OpenSubgraph } from './module.ts';
import { type ResourceSettings, resourceSettings } from './subgraph-resources.ts';
import type { ConnectedSubgraph } from './subgraph.ts';
import type { VendorPlan } from './vendor-plan.ts';

export type ReadSdl = (subgraph: string) => string;

/** The subgraphs of a process, for as long as it runs. */
export interface RunningSubgraphs {
  readonly subgraphs: readonly ConnectedSubgraph[];
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
}

interface PreparedSubgraph {
  readonly name: string;
  readonly open: OpenSubgraph;
  /** @default that of a built-in subgraph */
  readonly sdl?: string;
}

export interface PrepareOptions {
  readonly plans: readonly VendorPlan[];
  /** Subgraphs of REST APIs. @default none */
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
  const vendors = missing.map(({ vendor }) => vendor);
  const before = problems.length;
  const running = missing.length > 0 ? await sandboxVendors?.(vendors, problems) : undefined;
  // Of those that do not run, everything else is checked.
  const credentials = Object.fromEntries(missing.map(({ credential }) => [credential, UNKNOWN]));
  const complete = { ...environment, ...credentials, ...running?.environment };
  const resources = parseSettings(resourceSettings, complete, problems);
  const parts = plans.flatMap(({ module, vendor }) => {
    const open = parseSettings(module.settings(vendor), complete, problems);
    return open === undefined ? [] : [{ name: module.name, open }];
  });
  if (resources !== undefined && problems.length === before) {
    return {
      resources,
      parts: [...parts, ...connectors.map(connectorPart)],
      secrets: [
        ...connectors.flatMap(({ sources, outside }) => [
          ...sources.flatMap(({ policy }) => secretsOf(policy)),
          ...secretTexts(outside?.env),
        ]),
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

const connectorPart = (file: ConnectorFile): PreparedSubgraph => ({
  name: file.name,
  sdl: file.sdl,
  open: ({ resources }) => createConnectSubgraph(file, resources),
});

export interface OpenSubgraphsOptions {
  readonly readSdl: ReadSdl;
  /** Hears what happens between this process and the vendors. @default nobody does */
  readonly monitor?: UpstreamMonitor;
  /** What the process's instances know together; whoever opened it closes it. @default what this process knows */
  readonly state?: SharedState;
}

export function openSubgraphs(
  prepared: PreparedSubgraphs,
  options: OpenSubgraphsOptions,
): RunningSubgraphs {
  const { readSdl, monitor = NO_MONITOR, state = createMemoryState() } = options;
  const resources = { ...prepared.resources, monitor, state };
  const subgraphs = prepared.parts.map(({ name, open, sdl = readSdl(name) }) =>
    open({ sdl, resources }),
  );
  return {
    subgraphs,
    secrets: prepared.secrets,
    close: async () => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
      prepared.sandboxVendors?.close();
    },
  };
}
