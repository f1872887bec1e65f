import { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { addProblem, allOf, type Settings } from '../../settings/settings.ts';
import { codeOf } from '../../settings/text-file.ts';
import { httpUrl, integer, isLoopback, oneOf } from '../../settings/values.ts';
import { stateSettings } from '../../state/open-state.ts';
import { proxySettings } from '../../upstream/proxy.ts';
import { ANONYMOUS_CALLER, type Caller } from '../../request/caller.ts';
import { readPublicKey } from './jwt/public-key.ts';
import type { TokenSettings } from './jwt/token-check.ts';
import { parseKeyFile } from './keys/file-keys.ts';
import { SCOPE } from './keys/key-record.ts';

/** Which callers have access. */
export interface AccessConfig {
  /** The caller of requests without a credential; null if a credential is required. */
  readonly anonymous: Caller | null;
  readonly keys: KeyPlace;
  /** Undefined if no tokens are accepted. */
  readonly tokens: TokenSettings | undefined;
}

/** Where API keys are stored. */
export type KeyPlace = { readonly file: string } | { readonly redisUrl: string };

const VARIABLES = {
  ACCESS: oneOf(['open', 'closed']).optional(),
  ACCESS_OPEN_CONFIRM: z.literal('1', { error: 'must be 1 or unset.' }).optional(),
  ANONYMOUS_SCOPES: z.string().optional(),
  ANONYMOUS_AUDIENCE: z.string().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_JWKS_URL: httpUrl()
    .refine(isSafe, 'must be an https URL; http is accepted only for a loopback address.')
    .optional(),
  JWT_PUBLIC_KEY: z.string().optional(),
  JWT_CLOCK_TOLERANCE: integer({ min: 0, max: 300 }).default(5),
  JWT_SCOPE_CLAIM: z.string().optional(),
};

type Variables = z.output<z.ZodObject<typeof VARIABLES>>;

function isSafe(url: string): boolean {
  return !URL.canParse(url) || url.startsWith('https:') || isLoopback(new URL(url).hostname);
}

const DEFAULT_KEYS_FILE = 'api-keys.json';

export const keyPlaceSettings = allOf({
  named: z.object({ API_KEYS_FILE: z.string().optional() }),
  state: stateSettings,
}).transform(({ named: { API_KEYS_FILE: file }, state: { redisUrl } }): KeyPlace =>
  redisUrl === undefined || file !== undefined ? { file: file ?? DEFAULT_KEYS_FILE } : { redisUrl },
);

export interface AccessOptions {
  /** Whether all vendors are in the sandbox, so that no real data is reachable. */
  readonly isSandbox: boolean;
}

export const accessSettings = ({ isSandbox }: AccessOptions): Settings<AccessConfig> =>
  allOf({
    keys: keyPlaceSettings.superRefine((place, context) => {
      if ('file' in place) checkKeyFile(place.file, context);
    }),
    callers: z.object(VARIABLES).transform((read, context) => ({
      tokens: readTokenSettings(read, context),
      anonymous: readAnonymous(read, isSandbox, context),
    })),
    proxies: proxySettings,
  }).transform(({ keys, callers: { anonymous, tokens }, proxies }) => ({
    keys,
    anonymous,
    tokens: tokens && { ...tokens, proxies },
  }));

function checkKeyFile(file: string, context: z.RefinementCtx): void {
  try {
    parseKeyFile(readFileSync(file, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    addProblem(
      context,
      `API_KEYS_FILE must name a file that "tributary keys" has written, or one that does not exist yet, but "${file}" is something else.`,
    );
  }
}

/** @returns null if a credential is required */
function readAnonymous(
  variables: Variables,
  isSandbox: boolean,
  context: z.RefinementCtx,
): Caller | null {
  const {
    ACCESS = isSandbox ? 'open' : 'closed',
    ACCESS_OPEN_CONFIRM,
    ANONYMOUS_SCOPES,
    ANONYMOUS_AUDIENCE: audience,
  } = variables;
  if (ACCESS === 'closed') {
    const useless = Object.entries({ ANONYMOUS_SCOPES, ANONYMOUS_AUDIENCE: audience }).filter(
      ([, value]) => value !== undefined,
    );
    for (const [name] of useless)
      addProblem(
        context,
        `${name} is set, so ACCESS must be open: closed access has no anonymous callers.`,
      );
    return null;
  }
  if (!isSandbox && ACCESS_OPEN_CONFIRM === undefined) {
    addProblem(
      context,
      'ACCESS=open accepts requests without a credential, and not every vendor is known to be in the sandbox. To confirm it, set ACCESS_OPEN_CONFIRM=1; otherwise unset ACCESS.',
    );
    return null;
  }
  if (ANONYMOUS_SCOPES === undefined && audience === undefined) return ANONYMOUS_CALLER;
  const scopes = readScopeList(ANONYMOUS_SCOPES ?? 'all');
  if (scopes === undefined) {
    addProblem(context, `ANONYMOUS_SCOPES must be ${SCOPE_LIST}.`);
    return null;
  }
  return Object.freeze({
    ...ANONYMOUS_CALLER,
    scopes: scopes === 'all' ? scopes : new Set(scopes),
    ...(audience !== undefined && { audience }),
  });
}

/** The format of {@link readScopeList}, for messages. */
export const SCOPE_LIST = 'scopes separated by commas or spaces, "none" or "all"';

/** @returns undefined for text that is not a list of scopes */
export function readScopeList(text: string): readonly string[] | 'all' | undefined {
  if (text === 'all') return 'all';
  if (text === 'none') return [];
  const scopes = text.split(/[\s,]+/).filter((scope) => scope !== '');
  const isRight =
    scopes.length > 0 &&
    scopes.every((scope) => SCOPE.test(scope) && scope !== 'all' && scope !== 'none');
  return isRight ? scopes : undefined;
}

/** @returns undefined if no token setting is set, or one is invalid */
function readTokenSettings(
  variables: Variables,
  context: z.RefinementCtx,
): TokenSettings | undefined {
  const {
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
    JWT_JWKS_URL: url,
    JWT_PUBLIC_KEY: pem,
    JWT_SCOPE_CLAIM: scopeClaim,
  } = variables;
  if ([issuer, audience, url, pem, scopeClaim].every((value) => value === undefined))
    return undefined;
  const audiences = (audience ?? '').split(',').flatMap((one) => one.trim() || []);
  if (issuer === undefined)
    addProblem(context, 'JWT_ISSUER must be set to accept tokens: the "iss" of trusted tokens.');
  if (audiences.length === 0)
    addProblem(context, 'JWT_AUDIENCE must be set to accept tokens: the "aud" of trusted tokens.');
  if ((url === undefined) === (pem === undefined))
    addProblem(context, 'To accept tokens, set either JWT_JWKS_URL or JWT_PUBLIC_KEY.');
  const keys =
    pem === undefined
      ? url === undefined
        ? undefined
        : new URL(url)
      : readIssuerKey(pem, context);
  if (issuer === undefined || keys === undefined) return undefined;
  return {
    issuer,
    audiences,
    keys,
    clockToleranceSeconds: variables.JWT_CLOCK_TOLERANCE,
    scopeClaim,
  };
}

function readIssuerKey(pem: string, context: z.RefinementCtx): KeyObject | undefined {
  const read = readPublicKey(pem);
  if (read instanceof KeyObject) return read;
  addProblem(context, `JWT_PUBLIC_KEY ${read.problem}`);
  return undefined;
}
