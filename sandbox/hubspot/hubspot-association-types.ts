import { associationId, CUSTOM_OBJECTS } from './hubspot-custom-objects.ts';
import { CUSTOM_TYPES, SINGULAR, type ObjectType } from './hubspot-ids.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';

/** What one record can be to another. */
export interface AssociationType {
  readonly category: 'HUBSPOT_DEFINED' | 'USER_DEFINED';
  readonly id: number;
  readonly from: ObjectType;
  readonly to: ObjectType;
  readonly label: string | null;
}

/** https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide, "Association type id values". */
const HUBSPOTS = (
  [
    [1, 'contacts', 'companies', 'Primary'],
    [279, 'contacts', 'companies', null],
    [2, 'companies', 'contacts', 'Primary'],
    [280, 'companies', 'contacts', null],
    [3, 'deals', 'contacts', null],
    [4, 'contacts', 'deals', null],
    [5, 'deals', 'companies', 'Primary'],
    [341, 'deals', 'companies', null],
    [6, 'companies', 'deals', 'Primary'],
    [342, 'companies', 'deals', null],
  ] as const
).map(([id, from, to, label]): AssociationType => ({
  category: 'HUBSPOT_DEFINED',
  id,
  from,
  to,
  label,
}));

/** Labels of this account's own, each with the one in the other direction. They are numbered by themselves, so a number can be HubSpot's too. */
const OWN: readonly (readonly [AssociationType, AssociationType])[] = (
  [
    [36, 37, 'contacts', 'companies', 'Billing contact'],
    [5, 6, 'deals', 'companies', 'Reseller'],
  ] as const
).map(([id, inverse, from, to, label]) => [
  { category: 'USER_DEFINED', id, from, to, label },
  { category: 'USER_DEFINED', id: inverse, from: to, to: from, label },
]);

/** Those of the account's own types of records, numbered by the account, in both directions. */
const CUSTOM: readonly AssociationType[] = CUSTOM_TYPES.flatMap((type) =>
  CUSTOM_OBJECTS[type].associatedWith.flatMap((other, index): readonly AssociationType[] => {
    const id = associationId(type, index);
    const common = { category: 'USER_DEFINED', label: null } as const;
    return [
      { ...common, id, from: type, to: other },
      { ...common, id: id + 1, from: other, to: type },
    ];
  }),
);

const TYPES: readonly AssociationType[] = [...HUBSPOTS, ...OWN.flat(), ...CUSTOM];

export const findAssociationType = (
  from: ObjectType,
  { associationCategory, associationTypeId }: NamedType,
): AssociationType | undefined =>
  TYPES.find(
    ({ category, id, from: end }) =>
      end === from && category === associationCategory && id === associationTypeId,
  );

/** How requests name a type. */
export interface NamedType {
  readonly associationCategory: AssociationType['category'];
  readonly associationTypeId: number;
}

/** The account's own label in the other direction. */
export const inverseOf = (type: AssociationType): AssociationType | undefined =>
  OWN.find((pair) => pair.includes(type))?.find((other) => other !== type);

/** `GET /crm/v4/associations/{from}/{to}/labels` */
export const typesOf = (from: ObjectType, to: ObjectType) =>
  TYPES.filter((type) => type.from === from && type.to === to).map(toAnswer);

/** What the one end is to the other, as it is answered. */
export const typesBetween = (end: End, other: End, store: HubSpotStore) =>
  allBetween(end, other, store).map(toAnswer);

/** The same as names of v3: `contact_to_company` for the primary one, `contact_to_company_unlabeled` for any. */
export const typeNamesBetween = (end: End, other: End, store: HubSpotStore): readonly string[] =>
  allBetween(end, other, store).map(({ category, from, to, label }) => {
    if (category === 'USER_DEFINED') return (label ?? '').toLowerCase().replaceAll(' ', '_');
    const name = `${SINGULAR[from]}_to_${SINGULAR[to]}`;
    const hasPrimary = from === 'companies' || to === 'companies';
    return label === null && hasPrimary ? `${name}_unlabeled` : name;
  });

function allBetween(end: End, other: End, store: HubSpotStore): readonly AssociationType[] {
  const isPrimary = isPrimaryOf(end, other, store) || isPrimaryOf(other, end, store);
  const labels = store.labels(end, other);
  return TYPES.filter(({ category, id, from, to, label }) => {
    if (from !== end.type || to !== other.type) return false;
    return category === 'USER_DEFINED' && label !== null
      ? labels.includes(id)
      : label === null || isPrimary;
  });
}

const toAnswer = ({ category, id, label }: AssociationType) => ({ category, typeId: id, label });

/** The property that holds the one company which is a record's primary one. */
export const PRIMARY_COMPANY: Partial<Record<ObjectType, string>> = {
  contacts: 'associatedcompanyid',
  deals: 'hs_primary_associated_company',
};

export function isPrimaryOf({ type, id }: End, company: End, store: HubSpotStore): boolean {
  const property = PRIMARY_COMPANY[type];
  return (
    property !== undefined &&
    company.type === 'companies' &&
    store.find(type, id)?.properties[property] === company.id
  );
}
