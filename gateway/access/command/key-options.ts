import type { Problems } from '../../../settings/settings.ts';
import { readScopeList, SCOPE_LIST } from '../access-config.ts';
import type { KeyRecord } from '../keys/key-record.ts';

/** The options of `tributary keys create`. */
export const KEY_OPTIONS = {
  name: { type: 'string' },
  scopes: { type: 'string' },
  expires: { type: 'string' },
  'requests-per-minute': { type: 'string' },
  'cost-per-minute': { type: 'string' },
  'max-concurrent': { type: 'string' },
  audience: { type: 'string' },
} as const;

type KeyOptions = Readonly<Partial<Record<keyof typeof KEY_OPTIONS, string>>>;

export interface NewKey {
  readonly id: string;
  readonly hash: string;
  readonly now: Date;
}

/**
 * @param knownScopes the scopes of the graph; undefined if others can be valid
 * @returns undefined if an option is invalid; all problems have then been added to `problems`
 */
export function buildKeyRecord(
  { id, hash, now }: NewKey,
  options: KeyOptions,
  knownScopes: ReadonlySet<string> | undefined,
  problems: Problems,
): KeyRecord | undefined {
  const { name = '', scopes: list, expires = 'never', audience } = options;
  const found: Problems = [];
  if (!/^[^\p{Cc}]{1,100}$/u.test(name))
    found.push("--name must be the name of the key's owner, in at most 100 characters.");
  const scopes = list === undefined ? undefined : readScopeList(list);
  if (scopes === undefined) found.push(`--scopes must be ${SCOPE_LIST}.`);
  else if (scopes !== 'all' && knownScopes !== undefined)
    found.push(...findUnknown(scopes, knownScopes));
  const expiresAt = readExpiry(expires, now);
  if (expiresAt === undefined)
    found.push(
      '--expires must be a number of days such as 90d, a date in the future such as 2027-12-31, or "never".',
    );
  const limits = readLimits(options, found);
  problems.push(...found);
  if (found.length > 0 || scopes === undefined || expiresAt === undefined) return undefined;
  return {
    id,
    name,
    hash,
    scopes: scopes === 'all' ? scopes : [...scopes],
    createdAt: now.toISOString(),
    expiresAt,
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(audience !== undefined && { audience }),
  };
}

/** Reports scopes that no element requires: they are probably typing errors. */
function findUnknown(scopes: readonly string[], known: ReadonlySet<string>): Problems {
  const unknown = scopes.filter((scope) => !known.has(scope));
  if (unknown.length === 0) return [];
  const names = [...known].sort().slice(0, MAX_NAMED).join(', ');
  return [
    `--scopes must be scopes of the graph (${names === '' ? 'it has none' : names}), but got "${unknown.join(', ')}". If your own services have further scopes, set GRAPH or SUPERGRAPH as for the gateway.`,
  ];
}

const MAX_NAMED = 50;

const DAY_MS = 86_400_000;

/** A date includes the whole day, in UTC. @returns null for never, undefined for text that is not a future time */
function readExpiry(text: string, now: Date): string | null | undefined {
  if (text === 'never') return null;
  const days = /^([1-9]\d{0,4})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(now.getTime() + Number(days) * DAY_MS).toISOString();
  const end = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T23:59:59.999Z`) : undefined;
  // `Date` turns 31 April into 1 May.
  return end !== undefined && end > now && end.toISOString().startsWith(text)
    ? end.toISOString()
    : undefined;
}

function readLimits(options: KeyOptions, problems: Problems) {
  const limits: NonNullable<KeyRecord['limits']> = {};
  for (const [option, limit] of LIMITS) {
    const text = options[option];
    if (text === undefined) continue;
    if (/^[1-9]\d{0,8}$/.test(text)) limits[limit] = Number(text);
    else problems.push(`--${option} must be an integer from 1 to 999999999.`);
  }
  return limits;
}

const LIMITS = [
  ['requests-per-minute', 'requestsPerMinute'],
  ['cost-per-minute', 'costPerMinute'],
  ['max-concurrent', 'maxConcurrent'],
] as const;
