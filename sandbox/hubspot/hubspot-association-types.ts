import type { ObjectType } from './hubspot-ids.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';

/** What HubSpot lets one record be to another. */
interface AssociationType {
  readonly id: number;
  readonly from: ObjectType;
  readonly to: ObjectType;
  readonly label: 'Primary' | null;
}

/** https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide, "Association type id values". */
const TYPES: readonly AssociationType[] = [
  { id: 1, from: 'contacts', to: 'companies', label: 'Primary' },
  { id: 279, from: 'contacts', to: 'companies', label: null },
  { id: 2, from: 'companies', to: 'contacts', label: 'Primary' },
  { id: 280, from: 'companies', to: 'contacts', label: null },
  { id: 3, from: 'deals', to: 'contacts', label: null },
  { id: 4, from: 'contacts', to: 'deals', label: null },
  { id: 5, from: 'deals', to: 'companies', label: 'Primary' },
  { id: 341, from: 'deals', to: 'companies', label: null },
  { id: 6, from: 'companies', to: 'deals', label: 'Primary' },
  { id: 342, from: 'companies', to: 'deals', label: null },
];

export function findAssociationType(from: ObjectType, id: number): AssociationType | undefined {
  return TYPES.find((type) => type.from === from && type.id === id);
}

/** What the one end is to the other, as it is answered. */
export function typesBetween(end: End, other: End, store: HubSpotStore) {
  const isPrimary = isPrimaryOf(end, other, store) || isPrimaryOf(other, end, store);
  return TYPES.filter(
    ({ from, to, label }) =>
      from === end.type && to === other.type && (label === null || isPrimary),
  ).map(({ id, label }) => ({ category: 'HUBSPOT_DEFINED', typeId: id, label }));
}

/** The property that holds the one company which is a record's primary one. */
export const PRIMARY_COMPANY: Partial<Record<ObjectType, string>> = {
  contacts: 'associatedcompanyid',
  deals: 'hs_primary_associated_company',
};

function isPrimaryOf({ type, id }: End, company: End, store: HubSpotStore): boolean {
  const property = PRIMARY_COMPANY[type];
  return (
    property !== undefined &&
    company.type === 'companies' &&
    store.find(type, id)?.properties[property] === company.id
  );
}
