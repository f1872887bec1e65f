import type { IResolvers } from '@graphql-tools/utils';
import type { Environment, Problems } from '../configuration/environment.ts';
import type { Service } from '../errors/coded-error.ts';
import type { RequestScope } from '../upstream/call-trace.ts';
import type { SubgraphResources } from './subgraph-resources.ts';

/**
 * A part of the graph and the vendors that can stand behind it. The gateway and the subgraph services run any of these
 * without knowing what it is about.
 */
export interface SubgraphModule {
  readonly name: Service;
  /** The environment variable that chooses the vendor: `CRM_PROVIDER`. */
  readonly vendorVariable: string;
  readonly defaultVendor: string;
  /** The vendors to choose from, each with the environment variable that holds its credential. */
  readonly vendors: Readonly<Record<string, { readonly credential: string }>>;
  /** Adds to `problems` what is wrong with settings that count for whichever vendor; for where the vendor is unknown. */
  checkSettings?(environment: Environment, problems: Problems): void;
  /**
   * Makes the subgraph as the environment says; the vendor and its credential are known to be there.
   * @returns undefined where anything was wrong; every problem has then been added to `problems`.
   */
  create(options: SubgraphOptions): Subgraph | undefined;
}

export interface SubgraphOptions {
  /** The text of `schema/<name>.graphql`. */
  readonly sdl: string;
  readonly environment: Environment;
  readonly problems: Problems;
  /** @default those of a process of its own */
  readonly resources?: SubgraphResources;
}

/** A running part of the graph. */
export interface Subgraph {
  readonly name: Service;
  readonly sdl: string;
  /** Resolvers of the SDL's types, with `__resolveReference` for entities. They never read `info`. */
  readonly resolvers: IResolvers;
  /** The resolvers' context, made anew for each request, and again after each root field of a mutation. */
  createContext(request: SubgraphRequest): object;
  /**
   * Files by the first part of their path: `{ map: readMap }` serves `/map/<token>`. A reader answers null for an
   * unknown token and throws a `CodedError` where the vendor fails.
   */
  readonly files?: Readonly<Record<string, FileReader>>;
  /** Ends the connections to the vendor. */
  close(): Promise<void>;
}

/** What one client request carries into a subgraph. */
export interface SubgraphRequest extends RequestScope {
  /**
   * The fields that the whole operation wants of a type of this subgraph, keys and other subgraphs' `@requires` included.
   * Empty for a type that the operation does not touch.
   */
  wanted(type: string): ReadonlySet<string>;
}

export type FileReader = (token: string, scope: RequestScope) => Promise<ServedFile | null>;

/** A file that a subgraph serves beside its graph. */
export interface ServedFile {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Seconds for which caches may keep the file, those of browsers included. */
  readonly maxAge: number;
}
