import { createHash } from 'node:crypto';

/** The account that owns everything. Objects that belong to payments carry its last ten characters in their ids, as Stripe's do. */
export const ACCOUNT_ID = 'acct_1SbxT0LKALk2026Z';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters and digits that follow from the seed alone; up to 64. */
export function token(seed: string, length: number): string {
  const bytes = createHash('sha512').update(seed).digest();
  return [...bytes.subarray(0, length)]
    .map((byte) => ALPHABET.charAt(byte % ALPHABET.length))
    .join('');
}

/** Ids of customers, products and subscription items: `cus_UFHoE4l3C7HEzr`. */
export function shortId(prefix: 'cus' | 'prod' | 'si', key: string): string {
  return `${prefix}_${token(`${prefix}/${key}`, 14)}`;
}

/** Ids of all else; `3` marks what a payment made: `pi_3SRzp4KXBGcbgpbZ1utYtuTe`. */
export function longId(
  prefix:
    | 'pi'
    | 'ch'
    | 'txn'
    | 're'
    | 'pm'
    | 'in'
    | 'il'
    | 'ii'
    | 'sub'
    | 'price'
    | 'inpay'
    | 'li'
    | 'du'
    | 'evt'
    | 'cbtxn'
    | 'we',
  key: string,
): string {
  const generation = ['pi', 'ch', 'txn', 're'].includes(prefix) ? '3' : '1';
  return `${prefix}_${generation}${token(`a/${prefix}/${key}`, 5)}${ACCOUNT_ID.slice(-10)}${token(`b/${prefix}/${key}`, 8)}`;
}

/** Ids of checkout sessions are the longest: their pages are found by them. */
export const sessionId = (key: string) => `cs_test_${token(`cs/${key}`, 58)}`;

/** The id of a person's customer, by the person's key in the world; `number` tells several customers of one person apart, from 1. */
export function customerIdOf(person: number, number: number): string {
  return shortId('cus', `person/${String(person)}/${String(number)}`);
}
