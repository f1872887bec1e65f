import type { IResolvers } from '@graphql-tools/utils';
import type { CallTable } from './call-table.ts';
import type { DependencyTable } from './dependencies.ts';
import type { PropertyDefinition } from './extensions/custom-fields.ts';
import type { CustomObjectType, ObjectTypeDefinition } from './extensions/custom-objects.ts';
import type { Extension } from './extensions/read-extension.ts';
import type { Credential } from '../upstream/credential.ts';
import type { RequestScope } from '../request/request-scope.ts';
import type { VendorEvents } from '../events/catch-up/vendor-events.ts';

/**
 * A part of the graph, as one graph serves it. It holds no connection of its own: a reload makes another one over the same
 * {@link ConnectedSubgraph}.
 */
export interface Subgraph {
  readonly name: string;
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
  /**
   * The properties that the vendor's account has for a type that can be extended, those that were deleted too.
   * @default the vendor cannot list them
   */
  readonly properties?: (
    type: string | Pick<CustomObjectType, 'vendorType'>,
    scope: RequestScope,
  ) => Promise<readonly PropertyDefinition[]>;
  /**
   * The types of records that the vendor's account has added, those that were deleted too.
   * @default there can be none
   */
  readonly objectTypes?: (scope: RequestScope) => Promise<readonly ObjectTypeDefinition[]>;
  /**
   * The error of a value that is missing or not of its type, where the vendor decides what comes.
   * @param coordinate `Type.field`
   * @default an unexpected error of this server
   */
  readonly unexpectedValue?: (coordinate: string) => Error;
  /** What its fields depend on. @default on what changes without an event */
  readonly dependencies?: DependencyTable;
  /** The calls of fields that a company has added. @default none */
  readonly addedCalls?: CallTable;
}

/** What a subgraph has for as long as its process runs: connections to the vendor, caches, outcomes of mutations. */
export interface ConnectedSubgraph {
  readonly name: string;
  /** The vendor's, which can be renewed. @default none */
  readonly credential?: Credential;
  /** @default the vendor tells of no changes */
  readonly events?: VendorEvents;
  /** Whether responses are cached until its events tell of a change. @default false */
  readonly isCachedLive?: boolean;
  /** @param extension has the custom fields @default none */
  serve(extension?: Extension): Subgraph;
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

/** An operation in the form of a request's body. */
export interface WarmUpOperation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}
