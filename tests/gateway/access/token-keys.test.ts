import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { accessSettings } from '../../../gateway/access/access-config.ts';
import { createTokenCheck } from '../../../gateway/access/jwt/token-check.ts';
import { CodedError } from '../../../errors/coded-error.ts';
import { parseSettings, type Problems } from '../../../settings/settings.ts';
import { startProxy } from '../../upstream/start-proxy.ts';
import { AUDIENCE, inSeconds, ISSUER, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const P521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const ED25519 = generateKeyPairSync('ed25519');

const pemOf = (key: KeyObject, type: 'spki' | 'pkcs1' = 'spki') =>
  String(key.export({ type, format: 'pem' }));
const privatePemOf = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));

/** openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=issuer.test */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgjCCASmgAwIBAgIUDVP+yQtZvkmnDEYsPjSVrOFeiS4wCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLaXNzdWVyLnRlc3QwIBcNMjYxMTI4MDExMTQ3WhgPMjEyNjEx
MDQwMTExNDdaMBYxFDASBgNVBAMMC2lzc3Vlci50ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAE/ZTRQCKJCGPu9edKX6CmCN3NfU4iO9pYiuQE4K8bWI26HM6e
3gbIF4Hf3nA6bte4L+9E/gho8naA3L+HVj4drKNTMFEwHQYDVR0OBBYEFDBfhFdm
5epWCNw2mr6ZZvIHiISzMB8GA1UdIwQYMBaAFDBfhFdm5epWCNw2mr6ZZvIHiISz
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgARoCdo0xXOJfrDqQ
D/z01eN/3IhRPqTcwf+xauYPNY8CIHM2UebusncU4gWhZ+/Lt7wz5FY1vN5Uj2Si
YfTP5lua
-----END CERTIFICATE-----
`;

function read(pem: string) {
  const problems: Problems = [];
  const environment = { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWT_PUBLIC_KEY: pem };
  return {
    tokens: parseSettings(accessSettings({ isSandbox: false }), environment, problems)?.tokens,
    problems,
  };
}

const NO_PUBLIC_KEY = 'must be a public key in PEM: -----BEGIN PUBLIC KEY----- and so on.';

describe('JWT_PUBLIC_KEY', () => {
  it.each([
    ['an RSA key of 2048 bits', pemOf(RSA.publicKey)],
    ['an RSA key in the form of PKCS #1', pemOf(RSA.publicKey, 'pkcs1')],
    ['a key on P-256', pemOf(P256.publicKey)],
    ['a key on P-384', pemOf(P384.publicKey)],
    ['a key on P-521', pemOf(P521.publicKey)],
    ['an Ed25519 key', pemOf(ED25519.publicKey)],
    ['a key whose lines are joined by \\n', pemOf(P256.publicKey).replaceAll('\n', '\\n')],
    ['a key with remarks around it', `issuer.test\n${pemOf(P256.publicKey)}\nuntil 2030`],
    ['a certificate', CERTIFICATE],
  ])('accepts %s', (_name, pem) => {
    expect(read(pem)).toMatchObject({ tokens: { keys: { type: 'public' } }, problems: [] });
  });

  it.each([
    [
      'an RSA key of 1024 bits',
      pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      'is an RSA key of 1024 bits, but must have at least 2048.',
    ],
    [
      'an RSA key that accepts any signature',
      pemOf(
        createPublicKey({
          key: { ...RSA.publicKey.export({ format: 'jwk' }), e: 'AQ' },
          format: 'jwk',
        }),
      ),
      'is an RSA key with the exponent 1, but that must be at least 3.',
    ],
    [
      'an RSA-PSS key',
      pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey),
      'is an RSA-PSS key, but must be an RSA key without parameters: it checks PS256, PS384 and PS512 too.',
    ],
    [
      'a key on secp256k1',
      pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
      'is an EC key on the curve secp256k1, but must be on P-256, P-384 or P-521.',
    ],
    [
      'an Ed448 key',
      pemOf(generateKeyPairSync('ed448').publicKey),
      'is a key of the type ed448, but must be an RSA, EC or Ed25519 key.',
    ],
    [
      'an X25519 key',
      pemOf(generateKeyPairSync('x25519').publicKey),
      'is a key of the type x25519, but must be an RSA, EC or Ed25519 key.',
    ],
    [
      'a DSA key',
      pemOf(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).publicKey),
      'is a key of the type dsa, but must be an RSA, EC or Ed25519 key.',
    ],
    ['a private key', privatePemOf(P256.privateKey), NO_PUBLIC_KEY],
    [
      'an encrypted private key',
      String(
        P256.privateKey.export({
          type: 'pkcs8',
          format: 'pem',
          cipher: 'aes-256-cbc',
          passphrase: 'x',
        }),
      ),
      NO_PUBLIC_KEY,
    ],
    [
      'a public key and its private key',
      pemOf(P256.publicKey) + privatePemOf(P256.privateKey),
      NO_PUBLIC_KEY,
    ],
    [
      'two keys',
      pemOf(P256.publicKey) + pemOf(RSA.publicKey),
      'must hold one key, but holds 2 PEM blocks.',
    ],
    [
      'a chain of certificates',
      CERTIFICATE.repeat(3),
      'must hold one key, but holds 3 PEM blocks.',
    ],
    ['a shared secret', randomBytes(32).toString('base64'), NO_PUBLIC_KEY],
    ['a JSON Web Key', JSON.stringify(P256.publicKey.export({ format: 'jwk' })), NO_PUBLIC_KEY],
    ['a key that was cut off', pemOf(P256.publicKey).slice(0, 80), NO_PUBLIC_KEY],
    [
      'PEM of something else',
      pemOf(P256.publicKey).replaceAll('PUBLIC KEY', 'CERTIFICATE'),
      NO_PUBLIC_KEY,
    ],
  ])('refuses %s with a reason', (_name, pem, problem) => {
    expect(read(pem)).toEqual({ tokens: undefined, problems: [`JWT_PUBLIC_KEY ${problem}`] });
  });
});

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const KEYS = [
  { name: 'RSA', pair: RSA, algorithms: RSA_ALGORITHMS },
  { name: 'P-256', pair: P256, algorithms: ['ES256'] },
  { name: 'P-384', pair: P384, algorithms: ['ES384'] },
  { name: 'P-521', pair: P521, algorithms: ['ES512'] },
  { name: 'Ed25519', pair: ED25519, algorithms: ['EdDSA', 'Ed25519'] },
];
/** All that the registry of JOSE has, and what is written nearly like it. */
const ALGORITHMS = [
  ...KEYS.flatMap(({ algorithms }) => algorithms),
  ...[
    'HS256',
    'HS384',
    'HS512',
    'none',
    'None',
    'ES256K',
    'Ed448',
    'ML-DSA-44',
    'RSA-OAEP',
    'dir',
    'es256',
    'RS1',
    '',
    'toString',
    '__proto__',
  ],
];

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'ada', exp: inSeconds(300) };

async function resultOf(key: KeyObject, token: string): Promise<string> {
  const check = createTokenCheck({
    issuer: ISSUER,
    audiences: [AUDIENCE],
    keys: key,
    clockToleranceSeconds: 5,
    scopeClaim: undefined,
  });
  try {
    return (await check.identify(token)).id;
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

describe.each(KEYS)('the key $name', ({ pair, algorithms }) => {
  it.each(ALGORITHMS)(
    'accepts a token signed with %j only if it is the algorithm of the key',
    async (alg) => {
      const isOfKey = algorithms.includes(alg);
      const secret = Buffer.from(pemOf(pair.publicKey));
      const signed = isOfKey || alg.startsWith('HS');
      const token = signed
        ? await new SignJWT(CLAIMS)
            .setProtectedHeader({ alg })
            .sign(isOfKey ? pair.privateKey : secret)
        : `${encode({ alg })}.${encode(CLAIMS)}.${alg.toLowerCase() === 'none' ? '' : randomBytes(64).toString('base64url')}`;
      expect(await resultOf(pair.publicKey, token)).toBe(
        isOfKey ? `jwt:${ISSUER}|ada` : 'UNAUTHENTICATED',
      );
    },
  );

  it('refuses a token with the signature of another key', async () => {
    const [alg = ''] = algorithms;
    const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg }).sign(pair.privateKey);
    for (const length of [0, 1, 63, 64, 256, 8000]) {
      const forged = `${token.slice(0, token.lastIndexOf('.'))}.${randomBytes(length).toString('base64url')}`;
      expect(await resultOf(pair.publicKey, forged)).toBe('UNAUTHENTICATED');
    }
  });
});

describe("the issuer's keys", () => {
  const callerThrough = async (environment: Record<string, string>, issuer: TokenIssuer) => {
    const problems: Problems = [];
    const { tokens } =
      parseSettings(
        accessSettings({ isSandbox: false }),
        { ...issuer.environment, ...environment },
        problems,
      ) ?? {};
    if (tokens === undefined) throw new Error(problems.join());
    return createTokenCheck(tokens).identify(await issuer.token());
  };

  it('are read through the proxy of HTTPS_PROXY, as vendors are called', async () => {
    const issuer = await startTokenIssuer();
    const { host } = new URL(issuer.environment['JWT_JWKS_URL'] ?? '');
    await using proxy = await startProxy({ baseUrl: `http://${host}` });
    const environment = {
      HTTPS_PROXY: `http://user:pass%20word@${proxy.host}`,
      JWT_JWKS_URL: 'https://login.invalid/keys',
    };
    // The server behind the proxy has no certificate.
    await expect(callerThrough(environment, issuer)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(proxy.asked).toEqual([
      `login.invalid:443 Basic ${Buffer.from('user:pass word').toString('base64')}`,
    ]);
    await issuer.close();
  });

  it('are read without a proxy if the issuer is on this machine, or NO_PROXY names its host', async () => {
    const issuer = await startTokenIssuer();
    await using proxy = await startProxy({ baseUrl: 'http://127.0.0.1:9' });
    const environment = { HTTP_PROXY: `http://${proxy.host}` };
    expect((await callerThrough(environment, issuer)).id).toBe(`jwt:${ISSUER}|ada`);
    await expect(
      callerThrough(
        { ...environment, NO_PROXY: '.invalid', JWT_JWKS_URL: 'https://login.invalid/keys' },
        issuer,
      ),
    ).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(proxy.asked).toEqual([]);
    await issuer.close();
  });
});
