import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { DealChanges, NewDeal } from '../../../domain.ts';
import type { CrmWriteResult } from '../../../refusal.ts';
import { toDealProperties } from './hubspot-changes.ts';
import { LINKS } from '../hubspot-endpoints.ts';
import { notFound, written } from '../hubspot-refusals.ts';
import { isPossible } from '../reads/hubspot-records.ts';
import {
  createOnce,
  findCreated,
  recordMatches,
  update,
  type CreationKey,
  type WriteTarget,
} from './hubspot-record-writes.ts';

export async function createDeal(
  target: WriteTarget,
  { companyId, customerIds, ...deal }: NewDeal,
  key: CreationKey | null,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  if (companyId !== null && !isPossible(companyId)) return notFound('company', 'companyId');
  const impossible = customerIds.findIndex((id) => !isPossible(id));
  if (impossible !== -1) return notFound('customer', 'customerIds', impossible);
  const associations = [
    ...(companyId === null ? [] : [{ to: { id: companyId }, types: LINKS.dealToCompany }]),
    ...customerIds.map((id) => ({ to: { id }, types: LINKS.dealToContact })),
  ];
  return createOnce(
    target,
    {
      type: 'deals',
      properties: toDealProperties(deal, target.customFields),
      customerIds,
      associations,
    },
    key,
    scope,
  );
}

export const findCreatedDeal = (
  target: WriteTarget,
  deal: NewDeal,
  startedAt: Date,
  scope: RequestScope,
) =>
  findCreated(
    target,
    { type: 'deals', properties: toDealProperties(deal, target.customFields) },
    startedAt,
    scope,
  );

export async function updateDeal(
  target: WriteTarget,
  id: string,
  changes: DealChanges,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  const result = await update(
    target,
    'deals',
    id,
    toDealProperties(changes, target.customFields),
    scope,
  );
  return 'refusals' in result ? result : written(result.id);
}

export const dealMatches = (
  target: WriteTarget,
  id: string,
  changes: DealChanges,
  scope: RequestScope,
) => recordMatches(target, 'deals', id, toDealProperties(changes, target.customFields), scope);
