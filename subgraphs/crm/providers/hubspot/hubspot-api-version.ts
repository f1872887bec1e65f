/**
 * HubSpot's API versions, newest first. `v3` is the one before the dated versions, in which associations are
 * `v4`; it ends in 2027. https://developers.hubspot.com/docs/developer-tooling/platform/versioning
 */
export const API_VERSIONS = ['2026-09', 'v3'] as const;

export type ApiVersion = (typeof API_VERSIONS)[number];

/** @param path without a version: `/crm/objects/contacts` */
export function pathInVersion(path: string, version: ApiVersion): string {
  const [root, crm, area, ...rest] = path.split('/');
  // Schemas have a different root:
  // https://developers.hubspot.com/docs/api-reference/latest/crm/objects/schemas/get-schemas
  if (area === 'schemas') return [root, 'crm-object-schemas', version, area, ...rest].join('/');
  if (version !== 'v3') return [root, crm, area, version, ...rest].join('/');
  return [root, crm, area === 'associations' ? 'v4' : version, area, ...rest].join('/');
}

/** The segments of a path after `/crm`, without the version: `['objects', 'contacts']`. */
export const areaOfPath = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(2)
    .filter((segment) => !/^(?:v\d|\d{4}-\d{2})$/.test(segment));
