/**
 * Properties that this account has added to contacts, of the types that HubSpot knows. Values come from the record's number: another draw of a
 * random number would change all records after it.
 * @param key counts the contacts from 0
 */
export function customProperties(key: number): Readonly<Record<string, string | null>> {
  const isMember = key % 3 !== 2;
  return {
    loyalty_tier: isMember ? (TIERS[key % TIERS.length] ?? null) : null,
    loyalty_points: isMember ? String((key + 1) * 12.5) : null,
    newsletter: key % 4 === 0 ? null : String(key % 2 === 0),
    member_since: isMember ? `202${String(key % 6)}-03-0${String(1 + (key % 9))}` : null,
    last_visit: isMember ? `2026-0${String(1 + (key % 9))}-15T10:30:00.000Z` : null,
    interests: isMember ? INTERESTS.slice(0, 1 + (key % INTERESTS.length)).join(';') : null,
  };
}

/** Options are written by their internal names, which no client should have to know. */
const TIERS = ['gold_member', 'silver', 'bronze'];
const INTERESTS = ['sailing', 'cooking', 'chess'];

/** The types of those properties whose type is not text. */
export const CUSTOM_TYPES: ReadonlyMap<
  string,
  'bool' | 'date' | 'datetime' | 'enumeration' | 'number'
> = new Map([
  ['loyalty_tier', 'enumeration'],
  ['loyalty_points', 'number'],
  ['newsletter', 'bool'],
  ['member_since', 'date'],
  ['last_visit', 'datetime'],
  ['interests', 'enumeration'],
]);
