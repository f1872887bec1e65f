import type {
  CompanyFilter,
  CompanySortField,
  CustomerFilter,
  CustomerSortField,
  DealFilter,
  DealSortField,
} from '../../../domain.ts';
import type { SearchFilter } from '../hubspot-endpoints.ts';

/** A group has at most six conditions, so a range is one: https://developers.hubspot.com/docs/api-reference/search/guide#limitations */
export const contactFilters = (filter: CustomerFilter): SearchFilter[] => [
  ...equal('lifecyclestage', filter.lifecycleStageId),
  ...equal('associatedcompanyid', filter.companyId),
  ...equal('city', filter.city),
  ...range('createdate', filter.createdFrom, filter.createdBefore),
  ...range('lastmodifieddate', filter.updatedFrom, filter.updatedBefore),
];

export const companyFilters = (filter: CompanyFilter): SearchFilter[] => [
  ...equal('domain', filter.domain),
  ...equal('industry', filter.industry),
  ...equal('city', filter.city),
  ...range('createdate', filter.createdFrom, filter.createdBefore),
];

export const dealFilters = (filter: DealFilter): SearchFilter[] => [
  ...equal('pipeline', filter.pipelineId),
  ...equal('dealstage', filter.stageId),
  ...equal('hubspot_owner_id', filter.ownerId),
  ...range('closedate', startOfDay(filter.closesFrom), startOfDay(filter.closesBefore)),
];

export const CONTACT_SORT: Readonly<Record<CustomerSortField, string>> = {
  LAST_NAME: 'lastname',
  EMAIL: 'email',
  CREATED_AT: 'createdate',
  UPDATED_AT: 'lastmodifieddate',
};

export const COMPANY_SORT: Readonly<Record<CompanySortField, string>> = {
  NAME: 'name',
  CREATED_AT: 'createdate',
  UPDATED_AT: 'hs_lastmodifieddate',
};

export const DEAL_SORT: Readonly<Record<DealSortField, string>> = {
  AMOUNT: 'amount',
  CLOSES_ON: 'closedate',
  CREATED_AT: 'createdate',
  UPDATED_AT: 'hs_lastmodifieddate',
};

const equal = (propertyName: string, value: string | null | undefined): SearchFilter[] =>
  value == null ? [] : [{ propertyName, operator: 'EQ', value }];

function range(
  propertyName: string,
  from: Date | null | undefined,
  before: Date | null | undefined,
): SearchFilter[] {
  if (from != null && before != null) {
    // BETWEEN includes both ends.
    return [
      {
        propertyName,
        operator: 'BETWEEN',
        value: milliseconds(from),
        highValue: String(before.getTime() - 1),
      },
    ];
  }
  if (from != null) return [{ propertyName, operator: 'GTE', value: milliseconds(from) }];
  return before == null ? [] : [{ propertyName, operator: 'LT', value: milliseconds(before) }];
}

/** Times are compared as milliseconds since 1970. */
const milliseconds = (time: Date) => String(time.getTime());

const startOfDay = (day: string | null | undefined) =>
  day == null ? null : new Date(`${day}T00:00:00Z`);
