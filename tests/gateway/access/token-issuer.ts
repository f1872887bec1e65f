import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';

export const ISSUER = 'https://issuer.test/';
export const AUDIENCE = 'https://graph.test';

/** The header in which a token, or a key, is shown. */
export const bearer = (credential: string): Record<string, string> => ({
  authorization: `Bearer ${credential}`,
});

type SigningKey = Awaited<ReturnType<typeof createSigningKey>>;

/** Gives out tokens, and publishes its keys over HTTP. */
export interface TokenIssuer {
  /** The settings of a gateway that trusts it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly key: SigningKey;
  /** How often its keys were asked for. */
  readonly readings: number;
  /** What is answered in place of its keys. */
  fault: ((response: ServerResponse) => void) | null;
  /** Lets requests for its keys wait, until they are released. */
  hold(): { readonly asked: Promise<void>; readonly release: () => void };
  /** Publishes another key, and from now on signs with it. */
  rotate(): Promise<void>;
  /** A token that is right, but for what is said. */
  token(changes?: TokenChanges): Promise<string>;
  close(): Promise<void>;
}

export interface TokenChanges {
  /** Undefined leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: { readonly alg?: string; readonly kid?: string };
  readonly key?: SigningKey['privateKey'] | Uint8Array;
}

export async function startTokenIssuer(): Promise<TokenIssuer> {
  let key = await createSigningKey('key-1');
  let readings = 0;
  const publish = (response: ServerResponse) =>
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ keys: [key.published] }));
  const server = createServer((_request, response) => {
    readings += 1;
    if (issuer.fault === null) publish(response);
    else issuer.fault(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A TCP server's address is never a string.
  const issuer: TokenIssuer = {
    environment: {
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
      JWT_JWKS_URL: `http://127.0.0.1:${String(port)}/keys`,
    },
    get key() {
      return key;
    },
    get readings() {
      return readings;
    },
    fault: null,
    hold: () => {
      const held: ServerResponse[] = [];
      const asked = new Promise<void>((resolve) => {
        issuer.fault = (response) => {
          held.push(response);
          resolve();
        };
      });
      const release = () => {
        issuer.fault = null;
        held.forEach(publish);
      };
      return { asked, release };
    },
    rotate: async () => {
      key = await createSigningKey(`${key.kid}-next`);
    },
    token: (changes = {}) => signToken(key, changes),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}

export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

function signToken(
  { kid, privateKey }: SigningKey,
  { claims, header, key = privateKey }: TokenChanges,
): Promise<string> {
  const payload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'ada',
    scope: 'personal:read payments:read crm:write',
    exp: inSeconds(300),
    ...claims,
  };
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid, ...header }).sign(key);
}

async function createSigningKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    kid,
    privateKey,
    pem: await exportSPKI(publicKey),
    published: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' },
  };
}
