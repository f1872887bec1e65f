import type { Connection, PageArguments } from '../paging/connection.ts';
import type { CustomField, Extensible, ExtensibleFilter } from './custom-fields.ts';

/** A custom record type of the vendor's account: `type Machine @object(type: "2-123456")`. */
export interface CustomObjectType {
  /** The name in the graph: `Machine`. */
  readonly name: string;
  /** The vendor's id of the type. */
  readonly vendorType: string;
  readonly fields: readonly CustomField[];
}

/** A record of such a type. Its values are in `extra`. */
export interface CustomObject extends Extensible {
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** One end of a link: a custom record type, or the name of a type of the subgraph. */
export type LinkEnd = CustomObjectType | string;

/** A field that returns the records that the vendor has linked with a record. */
export interface CustomLink {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly name: string;
  /** Whether the field is a list; otherwise it is the first linked record. */
  readonly isList: boolean;
  /** File and line: `crm.fields.graphql:7`. */
  readonly place: string;
}

/** A custom record type and its position in the file. */
export interface CustomObjectDefinition extends CustomObjectType {
  readonly place: string;
}

/** The context of a subgraph with custom record types. */
export interface ObjectContext {
  readonly objects: CustomObjectReads;
}

export interface CustomObjectReads {
  /** @returns null for an id that the vendor does not know */
  byId(type: CustomObjectType, id: string): Promise<CustomObject | null>;
  list(type: CustomObjectType, args: ObjectListArguments): Promise<Connection<CustomObject>>;
  linked(
    link: Pick<CustomLink, 'from' | 'to'>,
    id: string,
    args: PageArguments,
  ): Promise<Connection<{ readonly id: string }>>;
  /** @returns the first linked record; null if there is none */
  firstLinked(
    link: Pick<CustomLink, 'from' | 'to'>,
    id: string,
  ): Promise<{ readonly id: string } | null>;
}

export interface ObjectListArguments extends PageArguments {
  readonly filter?: ExtensibleFilter | null | undefined;
}

/** A custom record type as the vendor's account defines it. */
export interface ObjectTypeDefinition {
  /** The vendor's id of the type. */
  readonly vendorType: string;
  /** For programs: `service_visit`. */
  readonly name: string;
  /** For people: `Service visit`, `Service visits`; empty if not set. */
  readonly label: string;
  readonly pluralLabel: string;
  readonly description: string;
  /** Deleted, and restorable. */
  readonly isArchived: boolean;
  /** Types that its records can be linked with: names of the subgraph's types, and the vendor's ids of others. */
  readonly linkedTypes: readonly string[];
}

/** Maximum number of custom record types in a file. */
export const MAX_OBJECT_TYPES = 100;
