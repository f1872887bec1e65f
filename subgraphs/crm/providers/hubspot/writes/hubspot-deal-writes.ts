import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import type { DealChanges, NewDeal } from '../../../domain.ts';
import type { CrmWriteResult } from '../../../refusal.ts';
import { toDealProperties } from './hubspot-changes.ts';
import { LINKS } from '../hubspot-endpoints.ts';
import { notFound, written } from '../hubspot-refusals.ts';
import { isPossible } from '../reads/hubspot-records.ts';
import {
  createOnce,
  findCreated,
  recordHolds,
  update,
  type CreationKey,
} from './hubspot-record-writes.ts';

export async function createDeal(
  client: HubspotClient,
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
    client,
    { type: 'deals', properties: toDealProperties(deal), customerIds, associations },
    key,
    scope,
  );
}

export const findCreatedDeal = (
  client: HubspotClient,
  deal: NewDeal,
  startedAt: Date,
  scope: RequestScope,
) => findCreated(client, { type: 'deals', properties: toDealProperties(deal) }, startedAt, scope);

export async function updateDeal(
  client: HubspotClient,
  id: string,
  changes: DealChanges,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  const answer = await update(client, 'deals', id, toDealProperties(changes), scope);
  return 'refusals' in answer ? answer : written(answer.id);
}

export const dealHolds = (
  client: HubspotClient,
  id: string,
  changes: DealChanges,
  scope: RequestScope,
) => recordHolds(client, 'deals', id, toDealProperties(changes), scope);
