import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * A key is `trib_`, twelve characters that name it, 32 that are secret and six of checksum: by the beginning programs that look
 * for leaked secrets know it, by the end a key that was mistyped or cut off is known before anybody is asked for it.
 */
export interface ApiKey {
  readonly id: string;
  /** The whole key, as its owner sends it. */
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

/** Whether something wants to be a key, right or not. */
export const isApiKey = (text: string) => text.startsWith(PREFIX);

/** @returns the key's id; undefined for what cannot be a key. */
export function readKeyId(text: string): string | undefined {
  const { content, id, checksum } = PATTERN.exec(text)?.groups ?? {};
  return content !== undefined && checksumOf(content) === checksum ? id : undefined;
}

/**
 * What is kept of a key. One round of SHA-256 is right here: slow hashes protect passwords, which can be guessed; 190 random bits
 * cannot be, and each request would pay.
 */
export const hashOfKey = (text: string): Buffer => createHash('sha256').update(text).digest();

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const randomText = (length: number) =>
  Array.from({ length }, () => DIGITS.charAt(randomInt(DIGITS.length))).join('');

/** CRC-32, in six of our digits. */
function checksumOf(content: string): string {
  let rest = crc32(content);
  let text = '';
  for (let place = 0; place < 6; place += 1) {
    text = DIGITS.charAt(rest % DIGITS.length) + text;
    rest = Math.floor(rest / DIGITS.length);
  }
  return text;
}
