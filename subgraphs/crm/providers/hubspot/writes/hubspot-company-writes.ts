import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { CompanyChanges } from '../../../domain.ts';
import type { CrmWriteResult } from '../../../refusal.ts';
import { written } from '../hubspot-refusals.ts';
import { toCompanyProperties } from './hubspot-changes.ts';
import {
  createOnce,
  findCreated,
  recordMatches,
  update,
  type CreationKey,
  type WriteTarget,
} from './hubspot-record-writes.ts';

export const createCompany = (
  target: WriteTarget,
  company: CompanyChanges,
  key: CreationKey | null,
  scope: RequestScope,
): Promise<CrmWriteResult> =>
  createOnce(
    target,
    {
      type: 'companies',
      properties: toCompanyProperties(company, target.customFields),
      associations: [],
    },
    key,
    scope,
  );

/** HubSpot allows companies with equal domains, so a company with the domain may be another one. */
export const findCreatedCompany = (
  target: WriteTarget,
  company: CompanyChanges,
  startedAt: Date,
  scope: RequestScope,
) =>
  findCreated(
    target,
    { type: 'companies', properties: toCompanyProperties(company, target.customFields) },
    startedAt,
    scope,
  );

export async function updateCompany(
  target: WriteTarget,
  id: string,
  changes: CompanyChanges,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  const result = await update(
    target,
    'companies',
    id,
    toCompanyProperties(changes, target.customFields),
    scope,
  );
  return 'refusals' in result ? result : written(result.id);
}

export const companyMatches = (
  target: WriteTarget,
  id: string,
  changes: CompanyChanges,
  scope: RequestScope,
) =>
  recordMatches(target, 'companies', id, toCompanyProperties(changes, target.customFields), scope);
