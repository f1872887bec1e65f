import type { IncomingHttpHeaders } from 'node:http';
import { isApiKey } from './keys/api-key.ts';
import { wrongCredential } from './refusal.ts';

/** What a request shows of its caller, before anybody has looked whether it is right. */
export interface Credential {
  readonly kind: 'key' | 'token';
  readonly text: string;
}

/**
 * @returns undefined where a request shows nothing
 * @throws Unauthenticated where what it shows is no credential for this server, whatever it may be
 */
export function readCredential({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): Credential | undefined {
  if (authorization === undefined && apiKey === undefined) return undefined;
  // RFC 6750, section 2: a client must not use more than one way.
  if (authorization !== undefined && apiKey !== undefined) throw wrongCredential('Send one credential: Authorization or x-api-key.');
  if ((authorization ?? apiKey ?? '').length > MAX_CREDENTIAL) throw wrongCredential(TOO_LONG);
  if (authorization === undefined) return { kind: 'key', text: String(apiKey) };
  const text = BEARER.exec(authorization)?.[1];
  if (text === undefined) throw wrongCredential('The header Authorization must be: Bearer <token or API key>.');
  return { kind: isApiKey(text) ? 'key' : 'token', text };
}

/** Characters; all headers of a request have some 16,000 together unless Node.js is told otherwise. */
const MAX_CREDENTIAL = 16_000;
const TOO_LONG = `The credential must have at most ${String(MAX_CREDENTIAL)} characters.`;

/** RFC 6750, section 2.1. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;
