import type { ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import type { KnownFeeds } from '../../subgraphs/feeds/feed.ts';

/** The names that a `graph.yaml` can use. */
export interface GraphNames {
  /** The names of the built-in subgraphs. */
  readonly builtIn: readonly string[];
  readonly feeds: KnownFeeds;
}

/** The company's own connectors: data feeds have their own tests and are not called for recordings. */
export const withoutFeeds = (files: readonly ConnectorFile[] = []): readonly ConnectorFile[] =>
  files.filter(({ path }) => !path.startsWith('feeds/'));
