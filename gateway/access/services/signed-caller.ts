import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { ANONYMOUS_CALLER, type Caller } from '../../../request/caller.ts';
import type { Callers } from '../callers.ts';
import { Unauthenticated } from '../refusal.ts';
import { digestOfChange, type ForwardedChange } from './forwarded-change.ts';
import type { SubgraphAccess } from './subgraph-access.ts';

/** The signed caller of a gateway's request to a service: a JSON Web Token with a shared secret. */
export const CALLER_HEADER = 'x-tributary-caller';

const ISSUER = 'tributary-gateway';
const AUDIENCE = 'tributary-subgraph';
const ALGORITHM = 'HS256';

/**
 * Creates the headers for the services.
 * @param clientKey identifies the client in waiting lines
 * @param change the change of the request, which the signature then covers @default the request is a query or a mutation
 */
export type SignCaller = (
  caller: Caller,
  clientKey: string,
  change?: ForwardedChange,
) => SignedHeaders | Promise<SignedHeaders>;

type SignedHeaders = Readonly<Record<string, string>>;

/**
 * Signs the caller: id and scopes, but no claims, which can contain personal data. For anonymous clients, also a digest of their key, so that
 * services queue each client separately. A signature is valid for a minute, or longer with a longer request timeout, and is reused for some
 * seconds for all requests of the caller. A signature that covers a change is valid for requests with that change.
 */
export function createCallerSigning(
  secret: string,
  { requestTimeoutMs }: { readonly requestTimeoutMs: number },
): SignCaller {
  const key = keyOf(secret);
  const lifeSeconds = Math.max(
    MIN_LIFE_SECONDS,
    Math.ceil(requestTimeoutMs / 1000) + REUSED_MS / 1000,
  );
  const byCaller = new WeakMap<Caller, Signed>();
  const byClient = new LRUCache<string, Signed>({ max: MAX_KNOWN });
  const sign = async (
    caller: Caller,
    clientKey: string | undefined,
    change?: string,
  ): Promise<Signed> => {
    const at = Date.now();
    const { isAuthenticated, scopes, audience } = caller;
    const token = await new SignJWT({
      isAuthenticated,
      scopes: scopes === 'all' ? scopes : [...scopes],
      audience,
      clientKey,
      change,
    })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setSubject(caller.id)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(new Date(at))
      .setExpirationTime(new Date(at + lifeSeconds * 1000))
      .sign(key);
    return { headers: { [CALLER_HEADER]: token }, at };
  };
  const signAnonymous = async (caller: Caller, clientKey: string) => {
    const signed = await sign(caller, digestOfClient(clientKey, key));
    byClient.set(clientKey, signed);
    return signed.headers;
  };
  const signCaller = async (caller: Caller) => {
    const signed = await sign(caller, undefined);
    byCaller.set(caller, signed);
    return signed.headers;
  };
  return (caller, clientKey, change) => {
    const isAnonymous = caller.id === ANONYMOUS_CALLER.id;
    if (change !== undefined) {
      const client = isAnonymous ? digestOfClient(clientKey, key) : undefined;
      return sign(caller, client, digestOfChange(change)).then(({ headers }) => headers);
    }
    const known = isAnonymous ? byClient.get(clientKey) : byCaller.get(caller);
    if (known !== undefined && Date.now() - known.at < REUSED_MS) return known.headers;
    return isAnonymous ? signAnonymous(caller, clientKey) : signCaller(caller);
  };
}

const digestOfClient = (clientKey: string, key: KeyObject) =>
  createHmac('sha256', key).update(clientKey).digest('base64url');

interface Signed {
  readonly headers: SignedHeaders;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const MIN_LIFE_SECONDS = 60;
const REUSED_MS = 15_000;

/** Identifies callers in a service. */
export interface SignedCallers extends Callers {
  /** Whether the caller's gateway has signed the change. True if signing is off. */
  readonly hasSigned: (change: ForwardedChange, caller: Caller) => boolean;
}

/** Creates the check of signed callers. */
export function createSignedCallers({ secret, isOpen }: SubgraphAccess): SignedCallers {
  const key = secret === undefined ? undefined : keyOf(secret);
  const known = new LRUCache<string, { readonly caller: Caller; readonly until: number }>({
    max: MAX_KNOWN,
  });
  const verify = async (token: string, by: KeyObject): Promise<Caller> => {
    const { payload } = await jwtVerify(token, by, VERIFICATION).catch(refuse);
    const signed = signedSchema.safeParse(payload).data;
    if (signed === undefined) throw refusal('The signature of the request does not name a caller.');
    const caller = toCaller(signed);
    known.set(token, { caller, until: signed.exp * 1000 });
    return caller;
  };
  return {
    identify: ({ [CALLER_HEADER]: token }) => {
      if (token === undefined) {
        if (!isOpen)
          throw refusal('This service accepts only requests that its gateway has signed.');
        return ANONYMOUS_CALLER;
      }
      if (key === undefined)
        throw refusal(
          'This service has no SUBGRAPH_SECRET, so it cannot check the signature of the request.',
        );
      const text = String(token);
      const before = known.get(text);
      return before !== undefined && Date.now() < before.until ? before.caller : verify(text, key);
    },
    hasSigned: (change, { signedChange }) =>
      key === undefined || signedChange === digestOfChange(change),
    logTo: () => undefined,
    reload: () => Promise.resolve([]),
    close: () => undefined,
  };
}

const MAX_KNOWN = 1000;

const VERIFICATION = {
  algorithms: [ALGORITHM],
  issuer: ISSUER,
  audience: AUDIENCE,
  requiredClaims: ['exp', 'iat', 'sub'],
  // Clock difference between hosts; seconds.
  clockTolerance: 5,
};

const signedSchema = z.object({
  sub: z.string(),
  exp: z.number(),
  isAuthenticated: z.boolean(),
  scopes: z.union([z.literal('all'), z.array(z.string())]),
  audience: z.string().optional(),
  clientKey: z.string().optional(),
  change: z.string().optional(),
});

function toCaller({
  sub: id,
  isAuthenticated,
  scopes,
  audience,
  clientKey,
  change,
}: z.output<typeof signedSchema>): Caller {
  return Object.freeze({
    id,
    isAuthenticated,
    scopes: scopes === 'all' ? scopes : new Set(scopes),
    claims: Object.freeze({}),
    ...(audience !== undefined && { audience }),
    ...(clientKey !== undefined && { clientKey }),
    ...(change !== undefined && { signedChange: change }),
  });
}

const keyOf = (secret: string): KeyObject => createSecretKey(Buffer.from(secret));

/** The refusal of a change that the signature does not cover. */
export const unsignedChange = (): Unauthenticated =>
  refusal('The signature of the request does not cover its change.');

const refusal = (message: string) => new Unauthenticated(message, 'Tributary realm="subgraph"');

/** Treats all errors of the library as an invalid token. */
function refuse(error: unknown): never {
  throw refusal(
    error instanceof errors.JWTExpired
      ? 'The signature of the request has expired.'
      : 'The request is not signed with the secret that this service shares with its gateway.',
  );
}
