import type { ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import type { KnownFeeds } from '../../subgraphs/feeds/feed.ts';

/** The names that a `graph.yaml` can use. */
export interface GraphNames {
  /** Of the built-in subgraphs. */
  readonly builtIn: readonly string[];
  readonly feeds: KnownFeeds;
}

/** The connectors of a company: data feeds come with tests of their own, and are not called as trials. */
export const withoutFeeds = (files: readonly ConnectorFile[] = []): readonly ConnectorFile[] =>
  files.filter(({ path }) => !path.startsWith('feeds/'));
