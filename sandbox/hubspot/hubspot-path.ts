/** What a path of HubSpot's CRM names. */
export interface HubSpotPath {
  /** `objects`, `associations`, `owners`, `pipelines`, `properties` or `schemas`. */
  readonly area: string;
  /** The segments after area and version. */
  readonly rest: readonly string[];
  /** `v3`, `v4` or a date. */
  readonly version: string;
}

/**
 * Reads `/crm/v3/objects/contacts` and, as the dated versions write it, `/crm/objects/2026-09/contacts`.
 * https://developers.hubspot.com/docs/api-reference/latest/overview
 * @returns undefined for a path that is not there.
 */
export function readPath(path: string): HubSpotPath | undefined {
  const [root, first = '', second = '', ...rest] = path
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
  if (root === 'crm-object-schemas')
    return second === 'schemas' && (first === 'v3' || DATES.includes(first))
      ? { area: second, version: first, rest }
      : undefined;
  if (root !== 'crm') return undefined;
  if (DATES.includes(second)) return { area: first, version: second, rest };
  // Associations are the only ones of v4.
  const isServed = first === (second === 'associations' ? 'v4' : 'v3');
  return isServed ? { area: second, version: first, rest } : undefined;
}

const DATES: readonly string[] = ['2026-03', '2026-09'];

/** @param template without a version: `/objects/contacts/{id}` */
export const pathInVersion = (template: string, version: string) => {
  const [, area = '', ...rest] = template.split('/');
  const named = DATES.includes(version) ? [area, version] : [version, area];
  return ['/crm', ...named, ...rest].join('/');
};

/**
 * From this version on, writes have to keep to the rules that an account's administrators made for its pages.
 * https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement
 */
export const enforcesRules = ({ version }: HubSpotPath) => version === '2026-09';
