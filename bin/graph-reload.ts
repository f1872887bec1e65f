import type { GraphQLSchema } from 'graphql';
import type { GraphSource } from '../gateway/graphql/served-graph.ts';
import type { ReloadedService } from '../gateway/graphql/service.ts';
import { describeSchemaChange } from '../gateway/schema-change.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Environment, Problems } from '../settings/settings.ts';

/** A reloaded graph definition without problems. */
export interface NextGraph {
  readonly revision: string;
  /** Builds the graph. @throws Error if it cannot be run */
  open(): Promise<GraphSource>;
  /** Called when it replaces the served graph. */
  onServed?(): void;
}

export interface GraphReloadOptions {
  /** The revision of the first graph. */
  readonly revision: string;
  /** Reads the definition of a graph. @returns undefined if it has problems, which have then been added to `problems` */
  readonly read: (environment: Environment, problems: Problems) => Promise<NextGraph | undefined>;
  readonly monitoring: Monitoring;
  /** Receives the change, as the end of a sentence. @default it is not reported */
  readonly onReloaded?: ((change: string) => void) | undefined;
}

/** @returns the problems, a sentence each. With any problem, the previous graph remains unchanged. */
export type ReloadGraph = (
  environment: Environment,
  service: ReloadedService,
) => Promise<readonly string[]>;

/** Reads the graph again, and serves it if it has changed and has no problems. */
export function createGraphReload({
  revision,
  read,
  monitoring,
  onReloaded,
}: GraphReloadOptions): ReloadGraph {
  let served = revision;
  const reload = async (
    environment: Environment,
    service: ReloadedService,
    problems: Problems,
  ): Promise<void> => {
    const next = await read(environment, problems);
    if (next === undefined || problems.length > 0) return;
    if (next.revision === served) {
      next.onServed?.();
      monitoring.graph.reloaded('unchanged');
      onReloaded?.('no change');
      return;
    }
    const before: GraphQLSchema = service.schema;
    const source = await next.open();
    await service.replaceGraph(source, () => next.onServed?.());
    served = next.revision;
    monitoring.graph.reloaded('replaced');
    onReloaded?.(describeSchemaChange(before, source.graph.schema));
  };
  return async (environment, service) => {
    const problems: Problems = [];
    try {
      await reload(environment, service, problems);
    } catch (error) {
      problems.push(
        `The graph cannot be run: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (problems.length > 0) monitoring.graph.reloaded('failed');
    return problems;
  };
}
