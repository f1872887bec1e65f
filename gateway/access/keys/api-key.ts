import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * A key is `trib_`, 12 characters of id, 32 of secret and 6 of checksum. Secret scanners detect leaked keys by the prefix. The checksum
 * detects mistyped and truncated keys without a lookup.
 */
export interface ApiKey {
  readonly id: string;
  /** The whole key, as a client sends it. */
  readonly text: string;
}

const PREFIX = 'trib_';
const PATTERN =
  /^(?<content>trib_(?<id>[0-9A-Za-z]{12})[0-9A-Za-z]{32})(?<checksum>[0-9A-Za-z]{6})$/;

export function createApiKey(): ApiKey {
  const id = randomText(12);
  // 190 bits.
  const content = `${PREFIX}${id}${randomText(32)}`;
  return { id, text: content + checksumOf(content) };
}

/** Whether a credential has the form of a key, valid or not. */
export const isApiKey = (text: string) => text.startsWith(PREFIX);

/** @returns the key's id; undefined for a malformed key */
export function readKeyId(text: string): string | undefined {
  const { content, id, checksum } = PATTERN.exec(text)?.groups ?? {};
  return content !== undefined && checksumOf(content) === checksum ? id : undefined;
}

/**
 * The stored hash of a key. One round of SHA-256 is enough: slow hashes protect guessable passwords, but 190 random bits cannot be guessed,
 * and each request would pay the cost.
 */
export const hashOfKey = (text: string): Buffer => createHash('sha256').update(text).digest();

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const randomText = (length: number) =>
  Array.from({ length }, () => DIGITS.charAt(randomInt(DIGITS.length))).join('');

/** CRC-32 in six base-62 digits. */
function checksumOf(content: string): string {
  let rest = crc32(content);
  let text = '';
  for (let place = 0; place < 6; place += 1) {
    text = DIGITS.charAt(rest % DIGITS.length) + text;
    rest = Math.floor(rest / DIGITS.length);
  }
  return text;
}
