import type { Extensible, ExtensibleFilter } from '../extensions/custom-fields.ts';
import type { Connection } from '../paging/connection.ts';
import type { Money } from '../money.ts';
import type { AddressParts, PostalAddress } from '../postal-address.ts';

/** A person in the CRM. Fields that are not selected are null. */
export interface Customer extends Extensible {
  readonly id: string;
  readonly name: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly jobTitle: string | null;
  readonly lifecycleStage: Named | null;
  readonly address: PostalAddress | null;
  readonly companyId: string | null;
  readonly billingLink: BillingLink;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** The keys that find a customer at the payment processor. */
interface BillingLink {
  /** The processor's customer id, if a property of the CRM contains one. */
  readonly reference: string | null;
  /** In lower case. */
  readonly emails: readonly string[];
}

/** The payer as the processor knows them. */
export interface Payer {
  readonly reference?: string | null | undefined;
  readonly email?: string | null | undefined;
}

export interface Company extends Extensible {
  readonly id: string;
  readonly name: string | null;
  readonly domain: string | null;
  readonly industry: string | null;
  readonly phone: string | null;
  readonly address: PostalAddress | null;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

export interface Deal extends Extensible {
  readonly id: string;
  readonly title: string | null;
  readonly amount: Money | null;
  readonly stage: Named | null;
  readonly pipeline: Named | null;
  /** From 0 to 1. */
  readonly probability: number | null;
  readonly owner: Named | null;
  /** A day: `2026-03-01`. */
  readonly closesOn: string | null;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** A value of which a record has only the id: the CRM stores its label elsewhere. */
export interface Named {
  readonly id: string;
}

export interface LifecycleStage extends Named {
  readonly label: string;
}

export interface Pipeline extends Named {
  readonly label: string;
  readonly stages: readonly DealStage[];
}

export interface DealStage extends Named {
  readonly label: string;
  readonly isWon: boolean;
  readonly isClosed: boolean;
}

export interface Owner extends Named {
  readonly name: string | null;
  readonly email: string | null;
}

export type CustomerConnection = Connection<Customer>;
export type CompanyConnection = Connection<Company>;
export type DealConnection = Connection<Deal>;
export type OwnerConnection = Connection<Owner>;

/** Filter conditions of a list; all of them must hold. */
export interface CustomerFilter extends ExtensibleFilter {
  readonly lifecycleStageId?: string | null | undefined;
  readonly companyId?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly createdFrom?: Date | null | undefined;
  readonly createdBefore?: Date | null | undefined;
  readonly updatedFrom?: Date | null | undefined;
  readonly updatedBefore?: Date | null | undefined;
}

export interface CompanyFilter extends ExtensibleFilter {
  readonly domain?: string | null | undefined;
  readonly industry?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly createdFrom?: Date | null | undefined;
  readonly createdBefore?: Date | null | undefined;
}

export interface DealFilter extends ExtensibleFilter {
  readonly pipelineId?: string | null | undefined;
  readonly stageId?: string | null | undefined;
  readonly ownerId?: string | null | undefined;
  /** A day: `2026-03-01`. */
  readonly closesFrom?: string | null | undefined;
  /** A day: `2026-03-01`. */
  readonly closesBefore?: string | null | undefined;
}

export type CustomerSortField = 'LAST_NAME' | 'EMAIL' | 'CREATED_AT' | 'UPDATED_AT';
export type CompanySortField = 'NAME' | 'CREATED_AT' | 'UPDATED_AT';
export type DealSortField = 'AMOUNT' | 'CLOSES_ON' | 'CREATED_AT' | 'UPDATED_AT';

export interface Sort<Field> {
  readonly field: Field;
  /** @default 'ASCENDING' */
  readonly direction?: 'ASCENDING' | 'DESCENDING';
}

/** Changes of a customer: null clears a field, an absent field stays as it is. */
export interface CustomerChanges extends Extensible {
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly jobTitle?: string | null;
  readonly lifecycleStageId?: string | null;
  /** Null clears every part of it. */
  readonly address?: AddressChanges | null;
  readonly companyId?: string | null;
}

export type AddressChanges = { readonly [Part in keyof AddressParts]?: AddressParts[Part] };

/** Changes of a company: null clears a field, an absent field stays as it is. */
export interface CompanyChanges extends Extensible {
  readonly name?: string | null;
  readonly domain?: string | null;
  readonly industry?: string | null;
  readonly phone?: string | null;
  /** Null clears every part of it. */
  readonly address?: AddressChanges | null;
}

/** Changes of a deal: null clears a field, an absent field stays as it is. */
export interface DealChanges extends Extensible {
  readonly title?: string | null;
  readonly amount?: Money | null;
  readonly stageId?: string | null;
  readonly pipelineId?: string | null;
  /** A day: `2026-03-01`. */
  readonly closesOn?: string | null;
  readonly ownerId?: string | null;
}

export interface NewDeal extends DealChanges {
  readonly companyId: string | null;
  readonly customerIds: readonly string[];
}

export type RecordKind = 'customer' | 'company' | 'deal';

/** By the types of the graph. */
export const KINDS: Readonly<Record<string, RecordKind>> = {
  Customer: 'customer',
  Company: 'company',
  Deal: 'deal',
};

/** Types with a configurable cache lifetime. */
export const CACHED_TYPES = [
  'Customer',
  'Company',
  'Deal',
  'Pipeline',
  'LifecycleStage',
  'Owner',
] as const;

export type CachedType = (typeof CACHED_TYPES)[number];
