import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { CompanyChanges } from '../../../domain.ts';
import type { CrmWriteResult } from '../../../refusal.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import { written } from '../hubspot-refusals.ts';
import { toCompanyProperties } from './hubspot-changes.ts';
import {
  createOnce,
  findCreated,
  recordHolds,
  update,
  type CreationKey,
} from './hubspot-record-writes.ts';

export const createCompany = (
  client: HubspotClient,
  company: CompanyChanges,
  key: CreationKey | null,
  scope: RequestScope,
): Promise<CrmWriteResult> =>
  createOnce(
    client,
    { type: 'companies', properties: toCompanyProperties(company), associations: [] },
    key,
    scope,
  );

/** HubSpot lets companies share a domain, so one that has it need not be ours. */
export const findCreatedCompany = (
  client: HubspotClient,
  company: CompanyChanges,
  startedAt: Date,
  scope: RequestScope,
) =>
  findCreated(
    client,
    { type: 'companies', properties: toCompanyProperties(company) },
    startedAt,
    scope,
  );

export async function updateCompany(
  client: HubspotClient,
  id: string,
  changes: CompanyChanges,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  const answer = await update(client, 'companies', id, toCompanyProperties(changes), scope);
  return 'refusals' in answer ? answer : written(answer.id);
}

export const companyHolds = (
  client: HubspotClient,
  id: string,
  changes: CompanyChanges,
  scope: RequestScope,
) => recordHolds(client, 'companies', id, toCompanyProperties(changes), scope);
