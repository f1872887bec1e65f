import type { IncomingHttpHeaders } from 'node:http';
import { isApiKey } from './keys/api-key.ts';
import { invalidCredential } from './refusal.ts';

/** What a request shows of its caller, before anybody has looked whether it is right. */
export interface Credential {
  readonly kind: 'key' | 'token';
  readonly text: string;
}

/**
 * @returns undefined where a request shows nothing
 * @throws Unauthenticated where what it shows is no credential for this server, whatever it may be
 */
export function readCredential({
  authorization,
  'x-api-key': apiKey,
}: IncomingHttpHeaders): Credential | undefined {
  if (authorization === undefined && apiKey === undefined) return undefined;
  // RFC 6750, section 2: a client must not use more than one way.
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

/** Characters of the header: a token that lists hundreds of groups has some 6,000. */
const MAX_LENGTH = 8192;

/** RFC 6750, section 2.1. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;
