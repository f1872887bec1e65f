const STANDARD_TYPES = ['contacts', 'companies', 'deals'] as const;

/** Types of records that this account has added. */
export const CUSTOM_TYPES = ['machines', 'service_visits'] as const;

export const OBJECT_TYPES = [...STANDARD_TYPES, ...CUSTOM_TYPES] as const;

export type CustomType = (typeof CUSTOM_TYPES)[number];
export type ObjectType = (typeof OBJECT_TYPES)[number];

export const isCustomType = (type: ObjectType): type is CustomType =>
  CUSTOM_TYPES.some((custom) => custom === type);

/** The account. */
export const PORTAL_ID = 24681357;

/**
 * HubSpot names a type in the plural, in the singular, or by number. One of the account's own is named by number or by its qualified name, no
 * longer by its name alone: https://developers.hubspot.com/changelog
 */
export function readObjectType(name: string): ObjectType | undefined {
  return OBJECT_TYPES.find((type) =>
    isCustomType(type)
      ? TYPE_IDS[type] === name || `p${String(PORTAL_ID)}_${SINGULAR[type]}` === name
      : type === name || SINGULAR[type] === name || TYPE_IDS[type] === name,
  );
}

export const SINGULAR: Record<ObjectType, string> = {
  contacts: 'contact',
  companies: 'company',
  deals: 'deal',
  machines: 'machine',
  service_visits: 'service_visit',
};

export const TYPE_IDS: Record<ObjectType, string> = {
  contacts: '0-1',
  companies: '0-2',
  deals: '0-3',
  machines: '2-38291746',
  service_visits: '2-38291802',
};

/** The id of a record of the world. Ids rise with the key and leave gaps, as HubSpot's do. */
export const recordId = (type: ObjectType, key: number) =>
  String(FIRST_IDS[type] + key * 7 + (key % 3));

const FIRST_IDS: Record<ObjectType, number> = {
  contacts: 51854903509,
  companies: 22816780518,
  deals: 34461455164,
  machines: 19283746501,
  service_visits: 20411357902,
};

export const ownerId = (key: number) => String(57812001 + key * 1013);

/** Contacts spell it otherwise than all other types. */
export const modifiedProperty = (type: ObjectType) =>
  type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';

/** Types of the account's own spell it otherwise than HubSpot's. */
export const createdProperty = (type: ObjectType) =>
  isCustomType(type) ? 'hs_createdate' : 'createdate';
