export const OBJECT_TYPES = ['contacts', 'companies', 'deals'] as const;

export type ObjectType = (typeof OBJECT_TYPES)[number];

/** HubSpot names a type in the plural, in the singular, or by number. */
export function readObjectType(name: string): ObjectType | undefined {
  return OBJECT_TYPES.find(
    (type) => type === name || SINGULAR[type] === name || TYPE_IDS[type] === name,
  );
}

export const SINGULAR: Record<ObjectType, string> = {
  contacts: 'contact',
  companies: 'company',
  deals: 'deal',
};

export const TYPE_IDS: Record<ObjectType, string> = {
  contacts: '0-1',
  companies: '0-2',
  deals: '0-3',
};

/** The id of a record of the world. Ids rise with the key and leave gaps, as HubSpot's do. */
export const recordId = (type: ObjectType, key: number) =>
  String(FIRST_IDS[type] + key * 7 + (key % 3));

const FIRST_IDS: Record<ObjectType, number> = {
  contacts: 51854903509,
  companies: 22816780518,
  deals: 34461455164,
};

export const ownerId = (key: number) => String(57812001 + key * 1013);
