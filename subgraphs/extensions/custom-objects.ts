import type { Connection, PageArguments } from '../paging/connection.ts';
import type { CustomField, Extensible, ExtensibleFilter } from './custom-fields.ts';

/** A type of records that a company has added to the vendor's: `type Machine @object(type: "2-123456")`. */
export interface CustomObjectType {
  /** In the graph: `Machine`. */
  readonly name: string;
  /** The vendor's id of the type. */
  readonly vendorType: string;
  readonly fields: readonly CustomField[];
}

/** A record of such a type. What it holds is in `extra`. */
export interface CustomObject extends Extensible {
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** A type whose records are linked: one of the company's, or the name of one of the subgraph's own. */
export type LinkEnd = CustomObjectType | string;

/** A field that leads to the records that the vendor has linked with a record. */
export interface CustomLink {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly name: string;
  /** Whether the field is a list; else it is the first of the linked records. */
  readonly isList: boolean;
  /** File and line: `crm.fields.graphql:7`. */
  readonly place: string;
}

/** Such a type, and where it is defined. */
export interface CustomObjectDefinition extends CustomObjectType {
  readonly place: string;
}

/** What the context of a subgraph has whose types can be added to. */
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
  /** @returns the first of the linked records, and null without any */
  firstLinked(
    link: Pick<CustomLink, 'from' | 'to'>,
    id: string,
  ): Promise<{ readonly id: string } | null>;
}

export interface ObjectListArguments extends PageArguments {
  readonly filter?: ExtensibleFilter | null | undefined;
}

/** A type of records as the vendor's account defines it. */
export interface ObjectTypeDefinition {
  /** The vendor's id of the type. */
  readonly vendorType: string;
  /** For programs: `service_visit`. */
  readonly name: string;
  /** For people: `Service visit`, `Service visits`; empty where there is none. */
  readonly label: string;
  readonly pluralLabel: string;
  readonly description: string;
  /** It was deleted, and can be restored. */
  readonly isArchived: boolean;
  /** What its records can be linked with: names of the subgraph's types, and the vendor's ids of others. */
  readonly linkedTypes: readonly string[];
}

/** How many types a file can add. */
export const MAX_OBJECT_TYPES = 100;
