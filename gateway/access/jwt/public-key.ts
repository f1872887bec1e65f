import { createPublicKey, type KeyObject } from 'node:crypto';

/** A problem of a key: the end of a sentence that begins with the setting's name. */
export interface KeyProblem {
  readonly problem: string;
}

/**
 * Reads the key of an issuer.
 * @param text one public key or certificate in PEM (RFC 7468); in environment variables, lines are often joined by `\n`
 */
export function readPublicKey(text: string): KeyObject | KeyProblem {
  const pem = text.replaceAll('\\n', '\n');
  const blocks = [...pem.matchAll(BLOCK)];
  // Node.js would derive a public key from a private one, which must not be here, and use the first of several.
  if (blocks.length === 0 || blocks.some(([, label]) => label?.includes('PRIVATE')))
    return { problem: NOT_A_PUBLIC_KEY };
  if (blocks.length > 1)
    return { problem: `must hold one key, but holds ${String(blocks.length)} PEM blocks.` };
  try {
    const key = createPublicKey(pem);
    const found = findAlgorithms(key);
    return 'problem' in found ? found : key;
  } catch {
    return { problem: NOT_A_PUBLIC_KEY };
  }
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----/g;

const NOT_A_PUBLIC_KEY = 'must be a public key in PEM: -----BEGIN PUBLIC KEY----- and so on.';

/**
 * The signature algorithms that a key can verify: RFC 7518, section 3.1; for Ed25519 RFC 8037, section 3.1, and RFC 9864. Symmetric
 * algorithms are excluded: a verifier could sign, and a public key would be the secret.
 */
export function findAlgorithms(
  key: KeyObject,
): { readonly algorithms: readonly string[] } | KeyProblem {
  const {
    modulusLength = 0,
    publicExponent = 0n,
    namedCurve = 'without a name',
  } = key.asymmetricKeyDetails ?? {};
  const type = String(key.asymmetricKeyType);
  if (type === 'rsa') {
    // RFC 7518, section 3.3; RFC 8017, section 3.1.
    if (modulusLength < MIN_RSA_BITS)
      return {
        problem: `is an RSA key of ${String(modulusLength)} bits, but must have at least 2048.`,
      };
    if (publicExponent < 3n)
      return {
        problem: `is an RSA key with the exponent ${String(publicExponent)}, but that must be at least 3.`,
      };
    return { algorithms: RSA };
  }
  if (type === 'ec') {
    const algorithm = EC.get(namedCurve);
    if (algorithm !== undefined) return { algorithms: [algorithm] };
    return {
      problem: `is an EC key on the curve ${namedCurve}, but must be on P-256, P-384 or P-521.`,
    };
  }
  if (type === 'ed25519') return { algorithms: ED25519 };
  if (type === 'rsa-pss') {
    return {
      problem:
        'is an RSA-PSS key, but must be an RSA key without parameters: it checks PS256, PS384 and PS512 too.',
    };
  }
  return { problem: `is a key of the type ${type}, but must be an RSA, EC or Ed25519 key.` };
}

const MIN_RSA_BITS = 2048;

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ED25519 = ['EdDSA', 'Ed25519'];

/** By OpenSSL's names of the curves. */
const EC: ReadonlyMap<string, string> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);
