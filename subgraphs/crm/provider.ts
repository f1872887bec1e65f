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
 * The interface of a CRM. Reads by several keys return one value for each key, in the order of the keys. Every method
 * throws a `CodedError` if the whole call failed.
 */
export interface CrmProvider {
  readonly capabilities: CrmCapabilities;
  /** @default the vendor has no events */
  readonly events?: VendorEvents;
  /** Returns a provider over the same connections with these custom fields. */
  withCustomFields(fields: CustomFields): CrmProvider;

  /** A merged record is returned as the record that it became part of, under that one's id. */
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

  /** @param emails in lower case; the comparison ignores case */
  customersByEmail(
    emails: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): Promise<FoundRecords<Customer>>;
  /**
   * Customers by the processor's customer id, if a property of the CRM contains it; otherwise all are null. Of several with the
   * same id, the oldest counts.
   */
  customersByReference(
    references: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): Promise<FoundRecords<Customer>>;

  /** @throws `positionRefused` for a position that is not from this list */
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

  /** Custom records. */
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

  /** Pages of ids of linked records. An error fails only its own page. */
  linkedIds(
    link: Link,
    requests: readonly LinkedRequest[],
    scope: RequestScope,
  ): Promise<readonly (Page<string> | Error)[]>;
  /** The id of each deal's primary company. */
  companyIdsOfDeals(dealIds: readonly string[], scope: RequestScope): Promise<FoundRecords<string>>;

  pipelines(scope: RequestScope): Promise<readonly Pipeline[]>;
  lifecycleStages(scope: RequestScope): Promise<readonly LifecycleStage[]>;
  /** The account's definitions of properties, including deleted ones. */
  properties(
    of: RecordKind | Pick<CustomObjectType, 'vendorType'>,
    scope: RequestScope,
  ): Promise<readonly PropertyDefinition[]>;
  /** The account's custom record types, including deleted ones. */
  objectTypes(scope: RequestScope): Promise<readonly ObjectTypeDefinition[]>;
  /** Users of the CRM, including former ones. */
  ownersById(ids: readonly string[], scope: RequestScope): Promise<FoundRecords<Owner>>;
  /** Users of the CRM. */
  owners(page: PageRequest, scope: RequestScope): Promise<Page<Owner>>;

  /**
   * Creates a customer. As in each write, a refusal by the CRM is in the result.
   * @param key identifies the creation, if the CRM supports idempotency keys
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
   * For a CRM without idempotency keys: looks for the result of a creation that began at `startedAt` and whose outcome is unknown.
   * @returns null if there is none; the creation may still be pending
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

  /** Whether the record already has the values of the changes. */
  customerMatches(id: string, changes: CustomerChanges, scope: RequestScope): Promise<boolean>;
  companyMatches(id: string, changes: CompanyChanges, scope: RequestScope): Promise<boolean>;
  dealMatches(id: string, changes: DealChanges, scope: RequestScope): Promise<boolean>;

  close(): Promise<void>;
}

/** Capabilities of this account's CRM. */
export interface CrmCapabilities extends CrmVendorCapabilities {
  /** Whether a property of the CRM contains the processor's customer id. */
  readonly hasBillingReferences: boolean;
  /** Whether a creation with a known key returns the existing record and creates none. */
  readonly supportsIdempotencyKeys: boolean;
}

/** Capabilities of a vendor's CRM that hold for all accounts. */
export interface CrmVendorCapabilities {
  /** Maximum number of keys in a read. */
  readonly maxBatchSize: number;
  /** The format of record ids; others are rejected before a call to the CRM. */
  readonly idPattern: RegExp;
  /** Describes `idPattern` in messages: `a number of up to 20 digits`. */
  readonly idDescription: string;
  /** Maximum length of a text in characters. */
  readonly maxTextLength: number;
  /** Maximum length of search words in characters. */
  readonly maxSearchLength: number;
  /** Maximum number of conditions of a list; both ends of a range are one. */
  readonly maxConditions: number;
  /** Whether an address has a property for its second line; otherwise it is stored with the first one, and needs it. */
  readonly hasSecondAddressLine: Readonly<Record<'customer' | 'company', boolean>>;
  /** Maximum delay in seconds until a search finds a new record. */
  readonly searchDelaySeconds: number;
  /** Maximum number of calls of each write, including those that find the reason of a refusal or the result of an earlier try. */
  readonly writeCalls: Readonly<Record<CrmWriteName, number>>;
}

export type CrmWriteName =
  | 'createCustomer'
  | 'updateCustomer'
  | 'createCompany'
  | 'updateCompany'
  | 'createDeal'
  | 'updateDeal';

/** Settings that apply to all vendors. */
export interface CrmSettings extends CustomerLink {
  /** ISO 4217, for amounts without a currency. */
  readonly defaultCurrency: string;
  /** Cache lifetimes. @default as the vendor's headers allow */
  readonly lifetimes?: Lifetimes;
  /** Custom fields that the provider reads into `extra` if they are selected. @default none */
  readonly customFields?: CustomFields;
}

/** The selected fields of a type. */
export type Fields = ReadonlySet<string>;

/** A value per key: null if the CRM has none, an error if only this one failed. */
export type FoundRecords<T> = readonly (T | Error | null)[];

export interface ListQuery<Filter, SortField> {
  readonly page: PageRequest;
  readonly search?: string | null | undefined;
  readonly filter?: Filter | null | undefined;
  readonly sort?: Sort<SortField> | null | undefined;
  /** Whether the total number is selected, even if it costs a call of its own. */
  readonly counted: boolean;
}

/** Records of one kind that are linked with records of another. */
export interface Link {
  readonly from: RecordKind | CustomObjectType;
  readonly to: RecordKind | CustomObjectType;
}

export interface LinkedRequest {
  readonly id: string;
  readonly page: PageRequest;
}
