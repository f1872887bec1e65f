import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { Environment } from './processes.ts';

const ISSUER = 'https://issuer.test/';
const AUDIENCE = 'https://graph.test';
const CALLERS = 100;

const { publicKey, privateKey } = await generateKeyPair('ES256');

/** Requires a token and counts the requests of each caller, with limits too high to be reached. */
export const CLOSED: Environment = {
  ACCESS: 'closed',
  JWT_ISSUER: ISSUER,
  JWT_AUDIENCE: AUDIENCE,
  JWT_PUBLIC_KEY: await exportSPKI(publicKey),
  CALLER_REQUESTS_PER_MINUTE: '1000000',
  CALLER_COST_PER_MINUTE: '1000000000',
  CALLER_MAX_CONCURRENT: '1000',
};

const tokens = await Promise.all(
  Array.from({ length: CALLERS }, (_, index) =>
    new SignJWT({ scope: 'personal:read payments:read payments:write crm:write' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(`caller-${String(index)}`)
      .setIssuedAt()
      .setExpirationTime('1d')
      .sign(privateKey),
  ),
);

let used = 0;

/** The headers of one of the callers, in turn. */
export const nextCaller = (): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${tokens[used++ % CALLERS] ?? ''}`,
});
