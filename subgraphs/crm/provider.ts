import type { RequestScope } from '../../request/request-scope.ts';
import type { Lifetimes } from '../../upstream/upstream-policy.ts';
import type { Page, PageRequest } from '../paging/connection.ts';
import type {
  CustomFields,
  ExtensibleFilter,
  PropertyDefinition,
} from '../extensions/custom-fields.ts';
import type {
  CustomObject,
  CustomObjectType,
  ObjectTypeDefinition,
} from '../extensions/custom-objects.ts';
import type { CustomerLink } from '../customer-link.ts';
import type {
  Company,
  CompanyChanges,
  CompanyFilter,
  CompanySortField,
  Customer,
  CustomerChanges,
  CustomerFilter,
  CustomerSortField,
  Deal,
  DealChanges,
  DealFilter,
  DealSortField,
  LifecycleStage,
  NewDeal,
  Owner,
  Pipeline,
  RecordKind,
  Sort,
} from './domain.ts';
import type { CrmWriteResult } from './refusal.ts';
import type { VendorEvents } from '../../events/catch-up/vendor-events.ts';

/**
 * What a CRM does for the graph. Reads by several keys answer one value for each key, in the keys' order. Every method
 * throws a `CodedError` where the whole call failed.
 */
export interface CrmProvider {
  readonly capabilities: CrmCapabilities;
  /** @default the vendor tells of no changes */
  readonly events?: VendorEvents;
  /** The same provider, over the same connections, with these custom fields instead of its own. */
  withCustomFields(fields: CustomFields): CrmProvider;

  /** A record that was merged into another one is answered as that record, under that record's id. */
  customersById(
    ids: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): Promise<FoundRecords<Customer>>;
  companiesById(
    ids: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): Promise<FoundRecords<Company>>;
  dealsById(
    ids: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): Promise<FoundRecords<Deal>>;

  /** @param emails are in lower case; the CRM's are compared without regard to case. */
  customersByEmail(
    emails: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): Promise<FoundRecords<Customer>>;
  /**
   * Customers by the processor's customer id, where a property of the CRM holds it; else all are null. Of several with the
   * same one the oldest is meant.
   */
  customersByReference(
    references: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): Promise<FoundRecords<Customer>>;

  /** @throws `positionRefused` for a position that the list did not give. */
  customers(
    query: ListQuery<CustomerFilter, CustomerSortField>,
    fields: Fields,
    scope: RequestScope,
  ): Promise<Page<Customer>>;
  companies(
    query: ListQuery<CompanyFilter, CompanySortField>,
    fields: Fields,
    scope: RequestScope,
  ): Promise<Page<Company>>;
  deals(
    query: ListQuery<DealFilter, DealSortField>,
    fields: Fields,
    scope: RequestScope,
  ): Promise<Page<Deal>>;

  /** Records of a type that the company has added to the CRM. */
  objectsById(
    type: CustomObjectType,
    ids: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): Promise<FoundRecords<CustomObject>>;
  objects(
    type: CustomObjectType,
    query: ListQuery<ExtensibleFilter, never>,
    fields: Fields,
    scope: RequestScope,
  ): Promise<Page<CustomObject>>;

  /** Pages of ids of records that are linked with other records. An error takes only its own page. */
  linkedIds(
    link: Link,
    requests: readonly LinkedRequest[],
    scope: RequestScope,
  ): Promise<readonly (Page<string> | Error)[]>;
  /** The id of the company that each deal is mainly with. */
  companyIdsOfDeals(dealIds: readonly string[], scope: RequestScope): Promise<FoundRecords<string>>;

  pipelines(scope: RequestScope): Promise<readonly Pipeline[]>;
  lifecycleStages(scope: RequestScope): Promise<readonly LifecycleStage[]>;
  /** The account's definitions of the properties of records, those that were deleted too. */
  properties(
    of: RecordKind | Pick<CustomObjectType, 'vendorType'>,
    scope: RequestScope,
  ): Promise<readonly PropertyDefinition[]>;
  /** The types of records that the company has added to the CRM, those that were deleted too. */
  objectTypes(scope: RequestScope): Promise<readonly ObjectTypeDefinition[]>;
  /** Those who are no longer users of the CRM, too. */
  ownersById(ids: readonly string[], scope: RequestScope): Promise<FoundRecords<Owner>>;
  /** Users of the CRM. */
  owners(page: PageRequest, scope: RequestScope): Promise<Page<Owner>>;

  /**
   * Adds a customer. Whatever the CRM has against it is a refusal of the result, as in each write.
   * @param key tells one creation from another, where the CRM honours keys.
   */
  createCustomer(
    customer: CustomerChanges,
    key: string,
    scope: RequestScope,
  ): Promise<CrmWriteResult>;
  updateCustomer(
    id: string,
    changes: CustomerChanges,
    scope: RequestScope,
  ): Promise<CrmWriteResult>;
  createCompany(company: CompanyChanges, key: string, scope: RequestScope): Promise<CrmWriteResult>;
  updateCompany(id: string, changes: CompanyChanges, scope: RequestScope): Promise<CrmWriteResult>;
  createDeal(deal: NewDeal, key: string, scope: RequestScope): Promise<CrmWriteResult>;
  updateDeal(id: string, changes: DealChanges, scope: RequestScope): Promise<CrmWriteResult>;

  /**
   * For a CRM that honours no keys: finds out what came of a creation that began at a time and whose outcome nobody knows.
   * @returns null where nothing is seen of it; it may still be on its way.
   */
  findCreatedCustomer(
    customer: CustomerChanges,
    startedAt: Date,
    scope: RequestScope,
  ): Promise<CrmWriteResult | null>;
  findCreatedCompany(
    company: CompanyChanges,
    startedAt: Date,
    scope: RequestScope,
  ): Promise<CrmWriteResult | null>;
  findCreatedDeal(
    deal: NewDeal,
    startedAt: Date,
    scope: RequestScope,
  ): Promise<CrmWriteResult | null>;

  /** Whether the record is as the changes would make it. */
  customerHolds(id: string, changes: CustomerChanges, scope: RequestScope): Promise<boolean>;
  companyHolds(id: string, changes: CompanyChanges, scope: RequestScope): Promise<boolean>;
  dealHolds(id: string, changes: DealChanges, scope: RequestScope): Promise<boolean>;

  close(): Promise<void>;
}

/** How this account's CRM differs from others. */
export interface CrmCapabilities extends CrmVendorCapabilities {
  /** Whether a property of the CRM holds the processor's customer id. */
  readonly hasBillingReferences: boolean;
  /** Whether a creation with a key that the CRM has seen answers with the record that is there, and adds none. */
  readonly supportsIdempotencyKeys: boolean;
}

/** How a vendor's CRM differs from others, whatever the account. */
export interface CrmVendorCapabilities {
  /** How many keys a read may name. */
  readonly maxBatchSize: number;
  /** What an id of a record looks like; others are refused before they reach the CRM. */
  readonly idPattern: RegExp;
  /** The same for people: `a number of up to 20 digits`. */
  readonly idDescription: string;
  /** How many characters a text may have. */
  readonly maxTextLength: number;
  /** How many characters the words of a search may have. */
  readonly maxSearchLength: number;
  /** How many conditions a list can have; the two ends of a range are one. */
  readonly maxConditions: number;
  /** Whether an address has a second line of its own; else that is kept on the first one, and only together with it. */
  readonly hasSecondAddressLine: Readonly<Record<'customer' | 'company', boolean>>;
  /** How many seconds it may take until a search finds a new record. */
  readonly searchDelaySeconds: number;
  /** The most calls that each write makes, with those that find out why it was refused or what came of an earlier try. */
  readonly writeCalls: Readonly<Record<CrmWriteName, number>>;
}

export type CrmWriteName =
  | 'createCustomer'
  | 'updateCustomer'
  | 'createCompany'
  | 'updateCompany'
  | 'createDeal'
  | 'updateDeal';

/** Settings that hold for every vendor. */
export interface CrmSettings extends CustomerLink {
  /** ISO 4217, for amounts that name no currency. */
  readonly defaultCurrency: string;
  /** How long what was read is kept. @default as long as the vendor's headers allow */
  readonly lifetimes?: Lifetimes;
  /** Fields whose values the provider reads into `extra` where they are wanted. @default none */
  readonly customFields?: CustomFields;
}

/** The graph's fields that are wanted of a type. */
export type Fields = ReadonlySet<string>;

/** A value per key: null where the CRM has none, an error where just this one failed. */
export type FoundRecords<T> = readonly (T | Error | null)[];

export interface ListQuery<Filter, SortField> {
  readonly page: PageRequest;
  readonly search?: string | null | undefined;
  readonly filter?: Filter | null | undefined;
  readonly sort?: Sort<SortField> | null | undefined;
  /** Whether the number of all results is wanted, even if that costs a call of its own. */
  readonly counted: boolean;
}

/** Records of one kind that belong to a record of another. */
export interface Link {
  readonly from: RecordKind | CustomObjectType;
  readonly to: RecordKind | CustomObjectType;
}

export interface LinkedRequest {
  readonly id: string;
  readonly page: PageRequest;
}
