import { BadUserInput } from '../../../../errors/coded-error.ts';
import type { CompanyFilter, CompanySortField, CustomerFilter, CustomerSortField, DealFilter, DealSortField } from '../../domain.ts';
import { ID_DESCRIPTION, ID_PATTERN, type SearchFilter } from './hubspot-endpoints.ts';

/** A group holds six conditions at most, so a range is one: https://developers.hubspot.com/docs/api-reference/search/guide#limitations */
export const contactFilters = (filter: CustomerFilter): SearchFilter[] => [
  ...equal('filter.lifecycleStageId', 'lifecyclestage', filter.lifecycleStageId),
  ...equalId('filter.companyId', 'associatedcompanyid', filter.companyId),
  ...equal('filter.city', 'city', filter.city),
  ...range('filter.created', 'createdate', filter.createdFrom, filter.createdBefore),
  ...range('filter.updated', 'lastmodifieddate', filter.updatedFrom, filter.updatedBefore),
];

export const companyFilters = (filter: CompanyFilter): SearchFilter[] => [
  ...equal('filter.domain', 'domain', filter.domain),
  ...equal('filter.industry', 'industry', filter.industry),
  ...equal('filter.city', 'city', filter.city),
  ...range('filter.created', 'createdate', filter.createdFrom, filter.createdBefore),
];

export const dealFilters = (filter: DealFilter): SearchFilter[] => [
  ...equal('filter.pipelineId', 'pipeline', filter.pipelineId),
  ...equal('filter.stageId', 'dealstage', filter.stageId),
  ...equalId('filter.ownerId', 'hubspot_owner_id', filter.ownerId),
  ...range('filter.closes', 'closedate', startOfDay(filter.closesFrom), startOfDay(filter.closesBefore)),
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

function equalId(argument: string, propertyName: string, id: string | null | undefined): SearchFilter[] {
  if (id == null || ID_PATTERN.test(id)) return equal(argument, propertyName, id);
  throw new BadUserInput(`${argument} must be ${ID_DESCRIPTION}, but got ${JSON.stringify(id.slice(0, 40))}.`);
}

function equal(argument: string, propertyName: string, value: string | null | undefined): SearchFilter[] {
  if (value == null) return [];
  // HubSpot refuses an empty value, and nobody can mean one.
  if (value.length > MAX_TEXT || value.trim() === '') {
    throw new BadUserInput(`${argument} must be text of 1 to ${String(MAX_TEXT)} characters, but got ${String(value.length)}.`);
  }
  return [{ propertyName, operator: 'EQ', value }];
}

const MAX_TEXT = 200;

function range(argument: string, propertyName: string, from: Date | null | undefined, before: Date | null | undefined): SearchFilter[] {
  if (from != null && before != null) {
    if (from >= before) throw new BadUserInput(`${argument}From must be earlier than ${argument}Before, but is not.`);
    // Both ends of BETWEEN are within it.
    return [{ propertyName, operator: 'BETWEEN', value: milliseconds(from), highValue: String(before.getTime() - 1) }];
  }
  if (from != null) return [{ propertyName, operator: 'GTE', value: milliseconds(from) }];
  return before == null ? [] : [{ propertyName, operator: 'LT', value: milliseconds(before) }];
}

/** Times are compared as milliseconds since 1970. */
const milliseconds = (time: Date) => String(time.getTime());

const startOfDay = (day: string | null | undefined) => (day == null ? null : new Date(`${day}T00:00:00Z`));
