import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { CustomerChanges } from '../../../domain.ts';
import type { CrmWriteResult } from '../../../refusal.ts';
import { toContactProperties, type PropertyChanges } from './hubspot-changes.ts';
import {
  isLabelOfContact,
  LINKS,
  setPrimaryCompany,
  unlinkCompany,
  unsetPrimaryCompany,
} from '../hubspot-endpoints.ts';
import {
  emailTaken,
  HubspotRefusal,
  notFound,
  refusalOfLink,
  written,
} from '../hubspot-refusals.ts';
import { isPossible } from '../reads/hubspot-records.ts';
import { readLinkTypes } from '../reads/hubspot-links.ts';
import type { WireLinkWrite, WireWritten } from '../hubspot-wire.ts';
import {
  createOnce,
  earliest,
  findCreated,
  readRecord,
  recordMatches,
  update,
  type CreationKey,
  type WriteTarget,
} from './hubspot-record-writes.ts';
import { CRM } from '../../../service.ts';

export async function createContact(
  target: WriteTarget,
  { companyId, ...customer }: CustomerChanges,
  key: CreationKey | null,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  if (companyId != null && !isPossible(companyId)) return notFound('company', 'companyId');
  const associations =
    companyId == null ? [] : [{ to: { id: companyId }, types: LINKS.contactToCompany }];
  return createOnce(
    target,
    {
      type: 'contacts',
      properties: toContactProperties(customer, target.customFields),
      associations,
    },
    key,
    scope,
  );
}

/** E-mail addresses of contacts are unique, so a contact with the address is the created one, or existed before. */
export async function findCreatedContact(
  target: WriteTarget,
  customer: CustomerChanges,
  startedAt: Date,
  scope: RequestScope,
): Promise<CrmWriteResult | null> {
  const { email } = customer;
  if (email == null)
    return findCreated(
      target,
      { type: 'contacts', properties: toContactProperties(customer, target.customFields) },
      startedAt,
      scope,
    );
  const record = await readRecord(
    target.client,
    'contacts',
    { id: email.toLowerCase(), idProperty: 'email' },
    ['email'],
    scope,
  );
  if (record === null) return null;
  return Date.parse(record.createdAt) >= earliest(startedAt) ? written(record.id) : emailTaken();
}

/** Properties and company need two calls; if the second one fails, the outcome is unknown. */
export async function updateContact(
  target: WriteTarget,
  id: string,
  { companyId: wantedId, ...changes }: CustomerChanges,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  const { client } = target;
  const companyId = wantedId == null ? wantedId : await readCompanyId(client, wantedId, scope);
  if (wantedId != null && companyId == null) return notFound('company', 'companyId');
  const properties = toContactProperties(changes, target.customFields);
  if (Object.keys(properties).length === 0)
    return changeCompany(client, id, companyId ?? null, scope);
  const result = await update(target, 'contacts', id, properties, scope);
  if (result.id === null || 'refusals' in result) return withStage(result, properties);
  if (companyId === undefined) return withStage(result, properties);
  const moved = await changeCompany(client, result.id, companyId, scope).catch((error: unknown) => {
    throw error instanceof UpstreamError
      ? new UpstreamError('OUTCOME_UNKNOWN', CRM, { cause: error })
      : error;
  });
  return moved.id === null ? { ...moved, id: result.id } : withStage(result, properties);
}

/** The company's current id, which a merge changes; null if there is no such company. */
async function readCompanyId(
  client: HubspotClient,
  companyId: string,
  scope: RequestScope,
): Promise<string | null> {
  const company = await readRecord(client, 'companies', { id: companyId }, ['hs_object_id'], scope);
  return company && company.id;
}

/** HubSpot silently ignores a lifecycle stage that would move backwards: https://knowledge.hubspot.com/records/use-lifecycle-stages */
function withStage(
  result: WireWritten | CrmWriteResult,
  { lifecyclestage }: PropertyChanges,
): CrmWriteResult {
  if ('refusals' in result) return result;
  const stage = result.properties?.['lifecyclestage'];
  if (!lifecyclestage || stage == null || stage === lifecyclestage) return written(result.id);
  return {
    id: result.id,
    refusals: [{ reason: 'STAGE_ONLY_MOVES_FORWARD', at: ['lifecycleStageId'] }],
  };
}

async function changeCompany(
  client: HubspotClient,
  customerId: string,
  companyId: string | null,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  const contact = await readRecord(
    client,
    'contacts',
    { id: customerId },
    [PRIMARY_COMPANY],
    scope,
  );
  if (contact === null) return notFound('customer', 'id');
  const { id, properties } = contact;
  const before = properties[PRIMARY_COMPANY] ?? '';
  if (before === (companyId ?? '')) return written(id);
  try {
    const result =
      companyId === null
        ? await leaveCompany(client, id, before, scope)
        : await client.send(setPrimaryCompany(id, companyId), scope);
    return refusalOfLink(result) ?? written(id);
  } catch (error) {
    const isMissing =
      error instanceof HubspotRefusal &&
      error.missingRecords.some(({ type }) => type === 'COMPANY');
    if (isMissing) return notFound('company', 'companyId');
    throw error;
  }
}

/** Removing the association of a contact and a company would remove all its labels, including the account's own. */
async function leaveCompany(
  client: HubspotClient,
  id: string,
  companyId: string,
  scope: RequestScope,
): Promise<WireLinkWrite | undefined> {
  const pair = { from: 'contacts', to: 'companies', id, toId: companyId } as const;
  const types = await readLinkTypes(client, pair, scope);
  const isLabelled = types === null || types.some(isLabelOfContact);
  const request = (isLabelled ? unsetPrimaryCompany : unlinkCompany)(id, companyId);
  return client.send(request, scope);
}

const PRIMARY_COMPANY = 'associatedcompanyid';

export async function contactMatches(
  target: WriteTarget,
  id: string,
  { companyId, ...changes }: CustomerChanges,
  scope: RequestScope,
): Promise<boolean> {
  const company: PropertyChanges =
    companyId === undefined
      ? {}
      : {
          [PRIMARY_COMPANY]:
            companyId === null
              ? ''
              : ((await readCompanyId(target.client, companyId, scope)) ?? companyId),
        };
  return recordMatches(
    target,
    'contacts',
    id,
    { ...toContactProperties(changes, target.customFields), ...company },
    scope,
  );
}
