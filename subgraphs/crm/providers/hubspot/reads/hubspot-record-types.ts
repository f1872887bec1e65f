import type {
  Company,
  CompanyFilter,
  CompanySortField,
  Customer,
  CustomerFilter,
  CustomerSortField,
  Deal,
  DealFilter,
  DealSortField,
} from '../../../domain.ts';
import type { CrmSettings } from '../../../provider.ts';
import { withCustomFields } from '../hubspot-custom-fields.ts';
import {
  COMPANY_PROPERTIES,
  contactProperties,
  DEAL_PROPERTIES,
  toCompany,
  toCustomer,
  toDeal,
} from '../hubspot-mapping.ts';
import type { RecordType } from './hubspot-records.ts';
import {
  COMPANY_SORT,
  companyFilters,
  CONTACT_SORT,
  contactFilters,
  DEAL_SORT,
  dealFilters,
} from './hubspot-search.ts';

export interface RecordTypes {
  readonly contacts: RecordType<Customer, CustomerFilter, CustomerSortField>;
  readonly companies: RecordType<Company, CompanyFilter, CompanySortField>;
  readonly deals: RecordType<Deal, DealFilter, DealSortField>;
}

export const recordTypes = ({ customFields, ...settings }: CrmSettings): RecordTypes => ({
  contacts: withCustomFields(customFields?.['Customer'], {
    type: 'contacts',
    properties: contactProperties(settings),
    toItem: (record) => toCustomer(record, settings),
    toFilters: contactFilters,
    sortProperties: CONTACT_SORT,
  }),
  companies: withCustomFields(customFields?.['Company'], {
    type: 'companies',
    properties: COMPANY_PROPERTIES,
    toItem: toCompany,
    toFilters: companyFilters,
    sortProperties: COMPANY_SORT,
  }),
  deals: withCustomFields(customFields?.['Deal'], {
    type: 'deals',
    properties: DEAL_PROPERTIES,
    toItem: (record) => toDeal(record, settings),
    toFilters: dealFilters,
    sortProperties: DEAL_SORT,
  }),
});
