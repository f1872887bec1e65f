import { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readStateSettings } from '../state/open-state.ts';
import { type Environment, httpUrl, integer, isLoopback, oneOf, type Problems, readEnvironment } from '../configuration/environment.ts';
import { ANYBODY, type Caller } from './caller.ts';
import { readPublicKey } from './jwt/public-key.ts';
import type { TokenSettings } from './jwt/token-check.ts';
import { codeOf, parseKeyFile } from './keys/file-keys.ts';
import { SCOPE } from './keys/key-record.ts';

/** Who may ask. */
export interface AccessConfig {
  /** Who asks without a credential; null: nobody may. */
  readonly anonymous: Caller | null;
  readonly keys: KeyPlace;
  /** Undefined where nobody's tokens are trusted. */
  readonly tokens: TokenSettings | undefined;
}

/** Where API keys are kept. */
export type KeyPlace = { readonly file: string } | { readonly redisUrl: string };

export interface AccessOptions {
  /** Whether all that callers can reach is invented. */
  readonly isSandbox: boolean;
}

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readAccessConfig(environment: Environment, problems: Problems, { isSandbox }: AccessOptions): AccessConfig | undefined {
  const found: Problems = [];
  const read = readEnvironment(VARIABLES, environment, found);
  const keys = readKeyPlace(environment, found);
  const tokens = read && readTokenSettings(read, found);
  const anonymous = read && readAnonymous(read, isSandbox, found);
  if (keys !== undefined && 'file' in keys) checkKeyFile(keys.file, found);
  problems.push(...found.filter((problem) => !problems.includes(problem)));
  if (keys === undefined || anonymous === undefined || found.length > 0) return undefined;
  return { anonymous, keys, tokens };
}

const VARIABLES = {
  ACCESS: oneOf(['open', 'closed']).optional(),
  ACCESS_OPEN_CONFIRM: z.literal('1', { error: 'must be 1 or unset.' }).optional(),
  ANONYMOUS_SCOPES: z.string().optional(),
  ANONYMOUS_AUDIENCE: z.string().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_JWKS_URL: httpUrl().refine(isSafe, 'must be an https URL; http is accepted only for a loopback address.').optional(),
  JWT_PUBLIC_KEY: z.string().optional(),
  JWT_CLOCK_TOLERANCE: integer({ min: 0, max: 300 }).default(5),
  JWT_SCOPE_CLAIM: z.string().optional(),
};

type Variables = z.output<z.ZodObject<typeof VARIABLES>>;

function isSafe(url: string): boolean {
  return !URL.canParse(url) || url.startsWith('https:') || isLoopback(new URL(url).hostname);
}

/** @returns undefined where anything was wrong. */
export function readKeyPlace(environment: Environment, problems: Problems): KeyPlace | undefined {
  const read = readEnvironment({ API_KEYS_FILE: z.string().optional() }, environment, problems);
  const state = readStateSettings(environment, problems);
  if (read === undefined || state === undefined) return undefined;
  return state.redisUrl === undefined || read.API_KEYS_FILE !== undefined
    ? { file: read.API_KEYS_FILE ?? DEFAULT_KEYS_FILE }
    : { redisUrl: state.redisUrl };
}

const DEFAULT_KEYS_FILE = 'api-keys.json';

function checkKeyFile(file: string, problems: Problems): void {
  try {
    parseKeyFile(readFileSync(file, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    problems.push(
      `API_KEYS_FILE must name a file that "tributary keys" has written, or one that does not exist yet, but "${file}" is something else.`,
    );
  }
}

/** @returns null where nobody may ask without a credential, undefined where anything was wrong. */
function readAnonymous(variables: Variables, isSandbox: boolean, problems: Problems): Caller | null | undefined {
  const { ACCESS = isSandbox ? 'open' : 'closed', ACCESS_OPEN_CONFIRM, ANONYMOUS_SCOPES, ANONYMOUS_AUDIENCE: audience } = variables;
  if (ACCESS === 'closed') {
    const useless = Object.entries({ ANONYMOUS_SCOPES, ANONYMOUS_AUDIENCE: audience }).filter(([, value]) => value !== undefined);
    for (const [name] of useless) problems.push(`${name} is set, so ACCESS must be open: closed access has no anonymous callers.`);
    return useless.length === 0 ? null : undefined;
  }
  if (!isSandbox && ACCESS_OPEN_CONFIRM === undefined) {
    problems.push(
      'ACCESS=open accepts requests without a credential, and not every vendor is known to be in the sandbox. To confirm it, set ACCESS_OPEN_CONFIRM=1; otherwise unset ACCESS.',
    );
    return undefined;
  }
  if (ANONYMOUS_SCOPES === undefined && audience === undefined) return ANYBODY;
  const scopes = readScopeList(ANONYMOUS_SCOPES ?? 'all');
  if (scopes === undefined) {
    problems.push(`ANONYMOUS_SCOPES must be ${SCOPE_LIST}.`);
    return undefined;
  }
  return Object.freeze({
    ...ANYBODY,
    scopes: scopes === 'all' ? scopes : new Set(scopes),
    ...(audience !== undefined && { audience }),
  });
}

/** What {@link readScopeList} reads, for messages. */
export const SCOPE_LIST = 'scopes separated by commas or spaces, "none" or "all"';

/** @returns undefined for what is no list of scopes. */
export function readScopeList(text: string): readonly string[] | 'all' | undefined {
  if (text === 'all') return 'all';
  if (text === 'none') return [];
  const scopes = text.split(/[\s,]+/).filter((scope) => scope !== '');
  const isRight = scopes.length > 0 && scopes.every((scope) => SCOPE.test(scope) && scope !== 'all' && scope !== 'none');
  return isRight ? scopes : undefined;
}

/** @returns undefined where there are none, or anything was wrong. */
function readTokenSettings(variables: Variables, problems: Problems): TokenSettings | undefined {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS_URL: url, JWT_PUBLIC_KEY: pem, JWT_SCOPE_CLAIM: scopeClaim } = variables;
  if ([issuer, audience, url, pem, scopeClaim].every((value) => value === undefined)) return undefined;
  const audiences = (audience ?? '').split(',').flatMap((one) => one.trim() || []);
  if (issuer === undefined) problems.push('JWT_ISSUER must be set to accept tokens: the "iss" of trusted tokens.');
  if (audiences.length === 0) problems.push('JWT_AUDIENCE must be set to accept tokens: the "aud" of trusted tokens.');
  if ((url === undefined) === (pem === undefined)) problems.push('To accept tokens, set either JWT_JWKS_URL or JWT_PUBLIC_KEY.');
  const keys = pem === undefined ? (url === undefined ? undefined : new URL(url)) : readIssuerKey(pem, problems);
  if (issuer === undefined || keys === undefined) return undefined;
  return { issuer, audiences, keys, clockToleranceSeconds: variables.JWT_CLOCK_TOLERANCE, scopeClaim };
}

function readIssuerKey(pem: string, problems: Problems): KeyObject | undefined {
  const read = readPublicKey(pem);
  if (read instanceof KeyObject) return read;
  problems.push(`JWT_PUBLIC_KEY ${read.problem}`);
  return undefined;
}
