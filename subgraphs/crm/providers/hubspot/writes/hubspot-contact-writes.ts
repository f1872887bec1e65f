import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { CustomerChanges } from '../../../domain.ts';
import type { CrmWriteResult } from '../../../refusal.ts';
import { toContactProperties, type PropertyChanges } from './hubspot-changes.ts';
import { LINKS, setPrimaryCompany, unlinkCompany } from '../hubspot-endpoints.ts';
import { emailIsTaken, HubspotRefusal, notFound, written } from '../hubspot-refusals.ts';
import { isPossible } from '../reads/hubspot-records.ts';
import type { WireWritten } from '../hubspot-wire.ts';
import {
  createOnce,
  earliest,
  findCreated,
  readRecord,
  recordHolds,
  update,
  type CreationKey,
} from './hubspot-record-writes.ts';
import { CRM } from '../../../service.ts';

export async function createContact(
  client: UpstreamClient,
  { companyId, ...customer }: CustomerChanges,
  key: CreationKey | null,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  if (companyId != null && !isPossible(companyId)) return notFound('company', 'companyId');
  const associations =
    companyId == null ? [] : [{ to: { id: companyId }, types: LINKS.contactToCompany }];
  return createOnce(
    client,
    { type: 'contacts', properties: toContactProperties(customer), associations },
    key,
    scope,
  );
}

/** No two contacts have the same e-mail address, so one that has it is ours, or was there before. */
export async function findCreatedContact(
  client: UpstreamClient,
  customer: CustomerChanges,
  startedAt: Date,
  scope: RequestScope,
): Promise<CrmWriteResult | null> {
  const { email } = customer;
  if (email == null)
    return findCreated(
      client,
      { type: 'contacts', properties: toContactProperties(customer) },
      startedAt,
      scope,
    );
  const record = await readRecord(
    client,
    'contacts',
    { id: email.toLowerCase(), idProperty: 'email' },
    ['email'],
    scope,
  );
  if (record === null) return null;
  return Date.parse(record.createdAt) >= earliest(startedAt) ? written(record.id) : emailIsTaken();
}

/** Properties and company are two calls; where the second one fails, nobody can be told that nothing was changed. */
export async function updateContact(
  client: UpstreamClient,
  id: string,
  { companyId, ...changes }: CustomerChanges,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  if (
    companyId != null &&
    (await readRecord(client, 'companies', { id: companyId }, ['hs_object_id'], scope)) === null
  ) {
    return notFound('company', 'companyId');
  }
  const properties = toContactProperties(changes);
  if (Object.keys(properties).length === 0)
    return changeCompany(client, id, companyId ?? null, scope);
  const answer = await update(client, 'contacts', id, properties, scope);
  if (answer.id === null || 'refusals' in answer) return withStage(answer, properties);
  if (companyId === undefined) return withStage(answer, properties);
  const moved = await changeCompany(client, id, companyId, scope).catch((error: unknown) => {
    throw error instanceof UpstreamError
      ? new UpstreamError('OUTCOME_UNKNOWN', CRM, { cause: error })
      : error;
  });
  return moved.id === null ? moved : withStage(answer, properties);
}

/** HubSpot leaves a lifecycle stage as it is that would move backwards, and says nothing: https://knowledge.hubspot.com/records/use-lifecycle-stages */
function withStage(
  answer: WireWritten | CrmWriteResult,
  { lifecyclestage }: PropertyChanges,
): CrmWriteResult {
  if ('refusals' in answer) return answer;
  const stage = answer.properties?.['lifecyclestage'];
  if (!lifecyclestage || stage == null || stage === lifecyclestage) return written(answer.id);
  return {
    id: answer.id,
    refusals: [{ reason: 'STAGE_ONLY_MOVES_FORWARD', at: ['lifecycleStageId'] }],
  };
}

async function changeCompany(
  client: UpstreamClient,
  id: string,
  companyId: string | null,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  const contact = await readRecord(client, 'contacts', { id }, [PRIMARY_COMPANY], scope);
  if (contact === null) return notFound('customer', 'id');
  const before = contact.properties[PRIMARY_COMPANY] ?? '';
  if (before === (companyId ?? '')) return written(id);
  try {
    await client.send(
      companyId === null ? unlinkCompany(id, before) : setPrimaryCompany(id, companyId),
      scope,
    );
    return written(id);
  } catch (error) {
    const isMissing =
      error instanceof HubspotRefusal &&
      error.missingRecords.some(({ type }) => type === 'COMPANY');
    if (isMissing) return notFound('company', 'companyId');
    throw error;
  }
}

const PRIMARY_COMPANY = 'associatedcompanyid';

export const contactHolds = (
  client: UpstreamClient,
  id: string,
  { companyId, ...changes }: CustomerChanges,
  scope: RequestScope,
): Promise<boolean> => {
  const company: PropertyChanges =
    companyId === undefined ? {} : { [PRIMARY_COMPANY]: companyId ?? '' };
  return recordHolds(
    client,
    'contacts',
    id,
    { ...toContactProperties(changes), ...company },
    scope,
  );
};
