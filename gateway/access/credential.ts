import type { IncomingHttpHeaders } from 'node:http';
import { isApiKey } from './keys/api-key.ts';
import { invalidCredential } from './refusal.ts';

/** The unchecked credential of a request. */
export interface Credential {
  readonly kind: 'key' | 'token';
  readonly text: string;
}

/**
 * @returns undefined for a request without a credential
 * @throws Unauthenticated for headers that do not contain one well-formed credential
 */
export function readCredential({
  authorization,
  'x-api-key': apiKey,
}: IncomingHttpHeaders): Credential | undefined {
  if (authorization === undefined && apiKey === undefined) return undefined;
  // RFC 6750, section 2: a client must not use more than one method.
  if (authorization !== undefined && apiKey !== undefined)
    throw invalidCredential('Send only one credential: either Authorization or x-api-key.');
  if ((authorization ?? String(apiKey)).length > MAX_LENGTH) {
    throw invalidCredential(`The credential must have at most ${String(MAX_LENGTH)} characters.`);
  }
  if (authorization === undefined) return { kind: 'key', text: String(apiKey) };
  const text = BEARER.exec(authorization)?.[1];
  if (text === undefined)
    throw invalidCredential('The header Authorization must be: Bearer <token or API key>.');
  return { kind: isApiKey(text) ? 'key' : 'token', text };
}

/** Maximum length of the header: a token with hundreds of groups has about 6,000 characters. */
const MAX_LENGTH = 8192;

/** RFC 6750, section 2.1. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;
