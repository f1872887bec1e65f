import { CUSTOM_OBJECTS } from './hubspot-custom-objects.ts';
import { customProperties } from './hubspot-custom-properties.ts';
import { customerIdOf } from '../stripe/stripe-ids.ts';
import type { World, WorldCompany, WorldDeal, WorldPerson, WorldTimes } from '../world/world.ts';
import {
  createdProperty,
  modifiedProperty,
  type CustomType,
  isCustomType,
  ownerId,
  recordId,
  type ObjectType,
} from './hubspot-ids.ts';
import { FORMER_OWNER } from './hubspot-owners.ts';
import { dealStage } from './hubspot-pipelines.ts';

/** A CRM record with all its properties. Values are text or null, for every property type. */
export interface HubSpotRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Only of a record in the recycling bin. */
  readonly archivedAt?: string;
}

/** The ids that a record had before it was merged: `101;102`. */
export const MERGED_IDS = 'hs_merged_object_ids';

/** A contact's addresses besides its main one: `a@example.com;b@example.com`. */
export const ADDITIONAL_EMAILS = 'hs_additional_emails';

/** A property of this account's own, as a program makes one that must find what it wrote: no two records of a type share a value. */
export const KEY_PROPERTY = 'tributary_key';

/** All records by id, in order of id. */
export function buildRecords(world: World): Record<ObjectType, Map<string, HubSpotRecord>> {
  const byId = (records: readonly HubSpotRecord[]) =>
    new Map(records.map((record) => [record.id, record]));
  return {
    contacts: byId(world.people.map((person) => toContact(person, world))),
    companies: byId(world.companies.map(toCompany)),
    deals: byId(world.deals.map(toDeal)),
    machines: byId(customRecords('machines')),
    service_visits: byId(customRecords('service_visits')),
  };
}

function toContact(person: WorldPerson, world: World): HubSpotRecord {
  const company = person.company === null ? undefined : world.companies[person.company];
  return toRecord('contacts', person, {
    firstname: person.firstName,
    lastname: person.lastName,
    email: person.email,
    phone: person.phone,
    mobilephone: null,
    jobtitle: person.jobTitle,
    lifecyclestage: person.lifecycleStage,
    company: company?.name ?? null,
    associatedcompanyid: company ? recordId('companies', company.key) : null,
    website: null,
    hubspot_owner_id: null,
    [ADDITIONAL_EMAILS]: null,
    // A custom property, as many accounts have it, filled by an integration of the two systems.
    stripe_customer_id: person.billingAccounts > 0 ? customerIdOf(person.key, 1) : null,
    ...addressOf(person, 'hs_country_region_code'),
  });
}

function toCompany(company: WorldCompany): HubSpotRecord {
  return toRecord('companies', company, {
    name: company.name,
    domain: company.domain,
    website: company.domain,
    industry: toIndustry(company),
    phone: company.phone,
    lifecyclestage: 'customer',
    hubspot_owner_id: null,
    ...addressOf(company, 'hs_country_code'),
    address2: company.address?.line2 ?? null,
  });
}

/** Some of the newest deals belong to a deactivated owner. */
function ownerOf({ key, owner }: WorldDeal): string | null {
  if (key >= 310 && key % 4 === 0) return ownerId(FORMER_OWNER.key);
  return owner === null ? null : ownerId(owner);
}

/** HubSpot's industries are an enumeration: COMPUTER_SOFTWARE. */
const toIndustry = ({ industry }: WorldCompany) =>
  industry.toUpperCase().replaceAll(/[^A-Z]+/g, '_');

/** The account's industries: those of the world's companies. */
export const industriesOf = ({ companies }: World): readonly string[] => [
  ...new Set(companies.map(toIndustry)),
];

function toDeal(deal: WorldDeal): HubSpotRecord {
  const { metadata } = dealStage(deal.pipeline, deal.stage) ?? {};
  return toRecord('deals', deal, {
    dealname: deal.title,
    amount: deal.amount,
    deal_currency_code: deal.currency,
    dealstage: deal.stage,
    pipeline: deal.pipeline,
    closedate: deal.closesOn,
    hubspot_owner_id: ownerOf(deal),
    hs_deal_stage_probability: metadata ? String(Number(metadata.probability)) : null,
    hs_is_closed: metadata?.isClosed ?? null,
    hs_is_closed_won: metadata ? String(metadata.probability === '1.0') : null,
    hs_primary_associated_company:
      deal.company === null ? null : recordId('companies', deal.company),
    description: null,
  });
}

/** Records of a type of the account's own, a day after each other. */
const customRecords = (type: CustomType): readonly HubSpotRecord[] =>
  Array.from({ length: CUSTOM_OBJECTS[type].count }, (_, key) => {
    const time = new Date(Date.UTC(2025, 0, 1 + key, 8)).toISOString();
    return toRecord(type, { key, createdAt: time, updatedAt: time }, { hubspot_owner_id: null });
  });

/** Contacts have one line for the street; companies a second one. */
function addressOf({ address }: Pick<WorldPerson, 'address'>, countryCodeProperty: string) {
  return {
    address: address?.line1 ?? null,
    city: address?.city ?? null,
    state: address?.region ?? null,
    zip: address?.postalCode ?? null,
    country: address?.country ?? null,
    [countryCodeProperty]: address?.countryCode ?? null,
  };
}

function toRecord(
  type: ObjectType,
  { key, createdAt, updatedAt }: WorldTimes & { readonly key: number },
  properties: Readonly<Record<string, string | null>>,
): HubSpotRecord {
  const id = recordId(type, key);
  return {
    id,
    properties: {
      ...properties,
      ...customProperties(type, key),
      hs_object_id: id,
      [createdProperty(type)]: createdAt,
      [modifiedProperty(type)]: updatedAt,
      ...(!isCustomType(type) && { [KEY_PROPERTY]: null }),
      [MERGED_IDS]: null,
    },
    createdAt,
    updatedAt,
  };
}
