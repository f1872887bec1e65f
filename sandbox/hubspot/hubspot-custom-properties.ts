import { CUSTOM_OBJECTS } from './hubspot-custom-objects.ts';
import type { CustomProperty } from './hubspot-custom-property.ts';
import { ownerId, type ObjectType } from './hubspot-ids.ts';

/**
 * Values come from the record's number: another draw of a random number would change all records after it.
 * @param key counts the records of the type from 0
 */
export const customProperties = (
  type: ObjectType,
  key: number,
): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    CUSTOM_PROPERTIES[type]
      .filter(({ isArchived }) => isArchived !== true)
      .map(({ name, valueOf }) => [name, valueOf(key)]),
  );

export const findCustomProperty = (type: ObjectType, name: string): CustomProperty | undefined =>
  CUSTOM_PROPERTIES[type].find((property) => property.name === name);

const isMember = (key: number) => key % 3 !== 2;

/** Options are written by their internal names, which no client should have to know. */
const TIERS = [
  { value: 'gold_member', label: 'Gold' },
  { value: 'silver', label: 'Silver' },
  { value: 'bronze', label: 'Bronze' },
];
const INTERESTS = [
  { value: 'sailing', label: 'Sailing' },
  { value: 'cooking', label: 'Cooking' },
  { value: 'chess', label: 'Chess' },
];
/** As people make them up who never see a program: blanks, digits first, signs, letters beyond ASCII. */
const SOURCES = [
  { value: 'Word of mouth', label: 'Word of mouth' },
  { value: 'trade-show', label: 'Trade show' },
  { value: '2nd_campaign', label: '2nd campaign' },
  { value: 'Événement', label: 'Événement' },
  { value: 'true', label: 'True lead' },
];
const SEGMENTS = [
  { value: 'smb', label: 'Small & medium' },
  { value: 'ENT', label: 'Enterprise' },
];
const RIVALS = [
  { value: 'acme', label: 'ACME' },
  { value: 'globex', label: 'Globex' },
];

const valueAt = (options: readonly { readonly value: string }[], key: number) =>
  options[key % options.length]?.value ?? null;

const someOf = (options: readonly { readonly value: string }[], key: number) =>
  options
    .slice(0, 1 + (key % options.length))
    .map(({ value }) => value)
    .join(';');

/** Of every type that HubSpot has: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide */
export const CUSTOM_PROPERTIES: Readonly<Record<ObjectType, readonly CustomProperty[]>> = {
  contacts: [
    {
      name: 'loyalty_tier',
      label: 'Loyalty tier',
      description: 'Tier in the loyalty programme.',
      type: 'enumeration',
      fieldType: 'select',
      options: TIERS,
      valueOf: (key) => (isMember(key) ? valueAt(TIERS, key) : null),
    },
    {
      name: 'loyalty_points',
      label: 'Loyalty points',
      type: 'number',
      fieldType: 'number',
      valueOf: (key) => (isMember(key) ? String((key + 1) * 12.5) : null),
    },
    {
      name: 'newsletter',
      label: 'Newsletter',
      type: 'bool',
      fieldType: 'booleancheckbox',
      options: [
        { value: 'true', label: 'Yes' },
        { value: 'false', label: 'No' },
      ],
      valueOf: (key) => (key % 4 === 0 ? null : String(key % 2 === 0)),
    },
    {
      name: 'member_since',
      label: 'Member since',
      type: 'date',
      fieldType: 'date',
      valueOf: (key) =>
        isMember(key) ? `202${String(key % 6)}-03-0${String(1 + (key % 9))}` : null,
    },
    {
      name: 'last_visit',
      label: 'Last visit',
      type: 'datetime',
      fieldType: 'date',
      valueOf: (key) => (isMember(key) ? `2026-0${String(1 + (key % 9))}-15T10:30:00.000Z` : null),
    },
    {
      name: 'interests',
      label: 'Interests',
      type: 'enumeration',
      fieldType: 'checkbox',
      options: INTERESTS,
      valueOf: (key) => (isMember(key) ? someOf(INTERESTS, key) : null),
    },
    {
      name: 'referral_source',
      label: 'Referral source "how did you hear of us"',
      type: 'enumeration',
      fieldType: 'radio',
      options: SOURCES,
      valueOf: (key) => (key % 2 === 0 ? valueAt(SOURCES, key / 2) : null),
    },
    {
      name: 'account_manager',
      label: 'Account manager',
      type: 'enumeration',
      fieldType: 'select',
      isOwner: true,
      valueOf: (key) => (key % 2 === 0 ? ownerId(key % 4) : null),
    },
    {
      name: 'lifetime_value',
      label: 'Lifetime value',
      description: 'Loyalty points, ten times.',
      type: 'number',
      fieldType: 'calculation_equation',
      isCalculated: true,
      valueOf: (key) => (isMember(key) ? String((key + 1) * 125) : null),
    },
    {
      name: 'internal_note',
      label: 'Internal note',
      type: 'string',
      fieldType: 'textarea',
      isHidden: true,
      valueOf: () => null,
    },
    {
      name: 'old_loyalty_number',
      label: 'Old loyalty number',
      type: 'string',
      fieldType: 'text',
      isArchived: true,
      valueOf: () => null,
    },
  ],
  companies: [
    {
      name: 'segment',
      label: 'Segment',
      type: 'enumeration',
      fieldType: 'select',
      options: SEGMENTS,
      valueOf: (key) => valueAt(SEGMENTS, key),
    },
    {
      name: 'vat_number',
      label: 'VAT number',
      type: 'string',
      fieldType: 'text',
      valueOf: (key) => (key % 3 === 0 ? `DE${String(100_000_000 + key)}` : null),
    },
  ],
  deals: [
    {
      name: 'rivals',
      label: 'Rivals',
      type: 'enumeration',
      fieldType: 'checkbox',
      options: RIVALS,
      valueOf: (key) => (key % 2 === 0 ? someOf(RIVALS, key / 2) : null),
    },
    {
      name: 'contract_signed_on',
      label: 'Contract signed on',
      type: 'date',
      fieldType: 'date',
      valueOf: (key) => (key % 5 === 0 ? `2026-02-0${String(1 + (key % 9))}` : null),
    },
  ],
  machines: CUSTOM_OBJECTS.machines.properties,
  service_visits: CUSTOM_OBJECTS.service_visits.properties,
};
