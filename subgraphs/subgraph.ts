import type { IResolvers } from '@graphql-tools/utils';
import type { CallTable } from './call-table.ts';
import type { DependencyTable } from './dependencies.ts';
import type { PropertyDefinition } from './extensions/custom-fields.ts';
import type { CustomObjectType, ObjectTypeDefinition } from './extensions/custom-objects.ts';
import type { Extension } from './extensions/read-extension.ts';
import type { Credential } from '../upstream/credential.ts';
import type { RequestScope } from '../request/request-scope.ts';
import type { VendorEvents } from '../events/catch-up/vendor-events.ts';

/** A part of one graph. It holds no connections: a reload creates another one over the same {@link ConnectedSubgraph}. */
export interface Subgraph {
  readonly name: string;
  readonly sdl: string;
  /** Resolvers of the SDL's types, with `__resolveReference` for entities. They never use `info`. */
  readonly resolvers: IResolvers;
  /** Creates the resolvers' context, for each request and again after each root field of a mutation. */
  createContext(request: SubgraphRequest): object;
  /**
   * Files by the first segment of their path: `{ map: readMap }` serves `/map/<token>`. A reader returns null for an
   * unknown token and throws a `CodedError` if the vendor fails.
   */
  readonly files?: Readonly<Record<string, FileReader>>;
  /**
   * The properties in the vendor's account of an extensible type, including deleted ones.
   * @default the vendor cannot list them
   */
  readonly properties?: (
    type: string | Pick<CustomObjectType, 'vendorType'>,
    scope: RequestScope,
  ) => Promise<readonly PropertyDefinition[]>;
  /**
   * The custom record types of the vendor's account, including deleted ones.
   * @default the vendor has none
   */
  readonly objectTypes?: (scope: RequestScope) => Promise<readonly ObjectTypeDefinition[]>;
  /**
   * The error of a missing or invalid value, for values that come from the vendor unchecked.
   * @param coordinate `Type.field`
   * @default an unexpected error of this server
   */
  readonly unexpectedValue?: (coordinate: string) => Error;
  /** The records that its fields depend on. @default they can change without an event */
  readonly dependencies?: DependencyTable;
  /** The calls of custom fields. @default none */
  readonly addedCalls?: CallTable;
}

/** What a subgraph has during the run time of its process: connections to the vendor, caches, outcomes of mutations. */
export interface ConnectedSubgraph {
  readonly name: string;
  /** The vendor's credential, which can be renewed. @default none */
  readonly credential?: Credential;
  /** @default the vendor has no events */
  readonly events?: VendorEvents;
  /** Whether responses are cached until its events report a change. @default false */
  readonly isCachedLive?: boolean;
  /** @param extension the custom fields @default none */
  serve(extension?: Extension): Subgraph;
  /** Closes the connections to the vendor. */
  close(): Promise<void>;
}

/** The data of one client request for a subgraph. */
export interface SubgraphRequest extends RequestScope {
  /**
   * The fields that the whole operation selects of a type of this subgraph, including keys and other subgraphs' `@requires`.
   * Empty for a type that is not in the operation.
   */
  wanted(type: string): ReadonlySet<string>;
}

export type FileReader = (token: string, scope: RequestScope) => Promise<ServedFile | null>;

/** A file that a subgraph serves in addition to its schema. */
export interface ServedFile {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Seconds for which caches, including browsers', may store the file. */
  readonly maxAge: number;
}

/** An operation in the form of a request's body. */
export interface WarmUpOperation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}
