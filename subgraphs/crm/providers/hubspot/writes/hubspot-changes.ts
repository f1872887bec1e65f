import type { CustomField } from '../../../../extensions/custom-fields.ts';
import type {
  AddressChanges,
  CompanyChanges,
  CustomerChanges,
  DealChanges,
} from '../../../domain.ts';
import { isSameValue, toCustomProperties } from '../hubspot-custom-fields.ts';
import { toDay, toDecimal } from '../hubspot-mapping.ts';

/** Properties to set; an empty text clears: https://developers.hubspot.com/docs/api-reference/legacy/crm/properties/guide */
export type PropertyChanges = Readonly<Record<string, string>>;

/** Without the company, which is an association and not a writable property. */
export function toContactProperties(
  { address, extra, ...changes }: CustomerChanges,
  customFields: readonly CustomField[],
): PropertyChanges {
  const lines = address === null ? NO_ADDRESS : (address ?? {});
  return withoutAbsent({
    ...toCustomProperties(customFields, extra),
    firstname: changes.firstName,
    lastname: changes.lastName,
    email: changes.email,
    phone: changes.phone,
    jobtitle: changes.jobTitle,
    lifecyclestage: changes.lifecycleStageId,
    ...toPlaceProperties(lines),
    address: toStreet(lines),
  });
}

export function toCompanyProperties(
  { address, extra, ...changes }: CompanyChanges,
  customFields: readonly CustomField[],
): PropertyChanges {
  const lines = address === null ? NO_ADDRESS : (address ?? {});
  return withoutAbsent({
    ...toCustomProperties(customFields, extra),
    name: changes.name,
    domain: changes.domain,
    industry: changes.industry,
    phone: changes.phone,
    ...toPlaceProperties(lines),
    address: lines.line1,
    address2: lines.line2,
  });
}

const NO_ADDRESS: AddressChanges = {
  line1: null,
  line2: null,
  city: null,
  region: null,
  postalCode: null,
  country: null,
};

const toPlaceProperties = (address: AddressChanges) => ({
  city: address.city,
  state: address.region,
  zip: address.postalCode,
  country: address.country,
});

/** A contact has one property for the street. */
function toStreet({ line1, line2 }: AddressChanges): string | null | undefined {
  return line2 == null || line2.trim() === '' ? line1 : [line1, line2].join(', ');
}

export function toDealProperties(
  { extra, ...changes }: DealChanges,
  customFields: readonly CustomField[],
): PropertyChanges {
  return withoutAbsent({
    ...toCustomProperties(customFields, extra),
    dealname: changes.title,
    amount: changes.amount === null ? null : changes.amount?.amount,
    deal_currency_code: changes.amount?.currency,
    dealstage: changes.stageId,
    pipeline: changes.pipelineId,
    closedate: changes.closesOn == null ? changes.closesOn : toInstant(changes.closesOn),
    hubspot_owner_id: changes.ownerId,
  });
}

/** `closedate` is an instant that HubSpot shows in each user's time zone: noon in UTC is the same day in nearly all of them. */
const toInstant = (day: string) => `${day}T12:00:00.000Z`;

const withoutAbsent = (
  properties: Readonly<Record<string, string | null | undefined>>,
): PropertyChanges =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value ?? '']],
    ),
  );

/** Removes empty values: a new record has nothing to clear. */
export const withoutEmpty = (properties: PropertyChanges): PropertyChanges =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value.trim() !== ''));

/** Whether a record's properties already have the values of the changes. */
export function matchesAll(
  properties: Readonly<Record<string, string | null>>,
  changes: PropertyChanges,
  customFields: readonly CustomField[],
): boolean {
  return Object.entries(changes).every(([name, wanted]) => {
    const actual = properties[name] ?? '';
    return (
      isSameValue(customFields, name, actual, wanted) ??
      toComparable(name, actual) === toComparable(name, wanted)
    );
  });
}

function toComparable(name: string, value: string): string | null {
  switch (name) {
    case 'amount':
      return toDecimal(value)?.replace(/\.0*$|(\.\d*[1-9])0+$/, '$1') ?? null;
    case 'closedate':
      return toDay(value);
    case 'domain':
    case 'email':
      return value.trim().toLowerCase();
    case 'phone':
      // HubSpot reformats phone numbers: https://knowledge.hubspot.com/properties/property-field-types-in-hubspot
      return '';
    default:
      return value.trim();
  }
}
