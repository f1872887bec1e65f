import type { CrmRefusal, CrmWriteResult } from '../../refusal.ts';
import type { RecordKind } from '../../domain.ts';
import type { Part } from '../../../refusal.ts';
import type { PropertyChanges } from './writes/hubspot-changes.ts';
import type { HubspotRefusal } from './hubspot-refusal.ts';

/** What came of a write, in the domain's terms. */

export const written = (id: string): CrmWriteResult => ({ id, refusals: [] });

const refused = (...refusals: readonly CrmRefusal[]): CrmWriteResult => ({ id: null, refusals });

export const notFound = (kind: RecordKind, ...at: Part) => refused({ reason: 'NOT_FOUND', at, kind });

export const emailIsTaken = () => refused({ reason: 'EMAIL_TAKEN', at: ['email'] });

/** What a write said, as far as a refusal can be about it. */
export interface AskedWrite {
  readonly properties: PropertyChanges;
  readonly customerIds?: readonly string[];
}

/** @throws the refusal, where it says nothing that a client could have caused */
export function toResult(refusal: HubspotRefusal, { properties, customerIds = [] }: AskedWrite): CrmWriteResult {
  const { status, invalidValues, missingRecords } = refusal;
  if (status === 409) return 'email' in properties ? emailIsTaken() : UNKNOWN;
  const [missing] = missingRecords;
  if (missing?.type === 'COMPANY') return notFound('company', 'companyId');
  if (missing?.type === 'CONTACT') {
    const index = customerIds.indexOf(missing.id);
    return notFound('customer', 'customerIds', ...(index === -1 ? [] : [index]));
  }
  if (invalidValues.length === 0 || invalidValues.some(({ code }) => OPERATORS_MATTERS.has(code ?? ''))) throw refusal;
  const values = invalidValues.flatMap(({ property }): CrmRefusal[] => {
    const at = PARTS[property];
    return at === undefined ? [] : [{ reason: 'VALUE_REFUSED', at, got: properties[property] ?? '' }];
  });
  return values.length === 0 ? UNKNOWN : refused(...values);
}

/** A rule of the account's own, such as a property that must be filled. */
const UNKNOWN = refused({ reason: 'UNKNOWN', at: null });

const OPERATORS_MATTERS = new Set(['PROPERTY_DOESNT_EXIST', 'READ_ONLY_VALUE']);

/** The part of the changes that a property is made of. */
const PARTS: Readonly<Record<string, Part>> = {
  firstname: ['firstName'],
  lastname: ['lastName'],
  email: ['email'],
  phone: ['phone'],
  jobtitle: ['jobTitle'],
  lifecyclestage: ['lifecycleStageId'],
  address: ['address', 'line1'],
  city: ['address', 'city'],
  state: ['address', 'region'],
  zip: ['address', 'postalCode'],
  country: ['address', 'country'],
  dealname: ['title'],
  amount: ['amount', 'amount'],
  deal_currency_code: ['amount', 'currency'],
  dealstage: ['stageId'],
  pipeline: ['pipelineId'],
  closedate: ['closesOn'],
  hubspot_owner_id: ['ownerId'],
};
