import {
  isList,
  isObject,
  setProperty,
  type Value,
} from '../../subgraphs/connect/mapping/values.ts';
import { FORMS, isPerson, isRandom, type Kind, kindOfKey } from './personal-data.ts';

export interface RedactorOptions {
  /** Credentials of the source, replaced everywhere. */
  readonly secrets: readonly string[];
  /** Paths, without list indices, of values that are not replaced: `orders.customerEmail`. */
  readonly keep: readonly string[];
}

const REDACTED = 'redacted';

/**
 * Replaces credentials and personal data. Equal values get the same invented value of the same form, so that references between records
 * remain valid.
 */
export class Redactor {
  /** The kinds of the replaced values, by path. */
  readonly replaced = new Map<string, Kind>();
  readonly #secrets: readonly string[];
  readonly #keep: ReadonlySet<string>;
  readonly #invented = new Map<string, string>();
  readonly #counts = new Map<Kind, number>();

  constructor({ secrets, keep }: RedactorOptions) {
    this.#secrets = secrets.filter(({ length }) => length >= MIN_SECRET).flatMap(spellingsOf);
    this.#keep = new Set(keep);
  }

  /** @param path the path to the value, without list indices */
  value(value: Value, path: readonly string[], ofPerson = false): Value {
    const key = path.at(-1) ?? '';
    const kind = this.#isKept(path) ? undefined : kindOfKey(key, ofPerson);
    if (isList(value)) return value.map((item) => this.value(item, path, ofPerson));
    if (isObject(value)) {
      const isOfPerson = isPerson([key, ...Object.keys(value)]);
      const redacted: Record<string, Value> = {};
      for (const [name, one] of Object.entries(value)) {
        const below = [...path, name];
        const inside = kind === 'credential' ? hidden(one) : this.value(one, below, isOfPerson);
        if (inside !== one && kind === 'credential') this.#note(below, kind);
        setProperty(redacted, this.#text(name, path), inside);
      }
      return redacted;
    }
    if (typeof value === 'string') return this.#scalar(value, kind, path);
    if (kind === undefined || value === null || typeof value === 'boolean') return value;
    this.#note(path, kind);
    return kind === 'credential' ? 0 : Number(this.#invent(kind, String(value)).replace(/\D/g, ''));
  }

  /** Redacts a text that is not JSON, such as a header. */
  text(text: string, name: string): string {
    return this.#scalar(text, kindOfKey(name, false), [name]);
  }

  #scalar(text: string, kind: Kind | undefined, path: readonly string[]): string {
    if (text === '') return text;
    if (kind === undefined) return this.#text(text, path);
    this.#note(path, kind);
    if (kind === 'credential') return REDACTED;
    return this.#invent(kind, text);
  }

  /** Replaces credentials and personal data by their form. */
  #text(text: string, path: readonly string[]): string {
    let left = text;
    for (const secret of this.#secrets) left = left.replaceAll(secret, REDACTED);
    if (left !== text) this.#note(path, 'credential');
    if (this.#isKept(path)) return left;
    if (isRandom(left)) {
      this.#note(path, 'credential');
      return REDACTED;
    }
    for (const { kind, pattern, isParameter = false } of FORMS)
      left = left.replace(pattern, (found) => {
        this.#note(path, kind);
        if (kind !== 'credential') return this.#invent(kind, found);
        if (isParameter) return `${found.slice(0, found.indexOf('=') + 1)}${REDACTED}`;
        // User and password before a host.
        return found.endsWith('@') ? '' : REDACTED;
      });
    return left;
  }

  #isKept(path: readonly string[]): boolean {
    return this.#keep.has(path.join('.'));
  }

  #note(path: readonly string[], kind: Kind): void {
    this.replaced.set(path.join('.'), kind);
  }

  #invent(kind: Kind, real: string): string {
    // Addresses ignore case, and so do joins by address.
    const name = `${kind} ${real.replace('%40', '@').toLowerCase()}`;
    let invented = this.#invented.get(name);
    if (invented === undefined) {
      const number = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, number);
      invented = INVENT[kind](real, number);
      this.#invented.set(name, invented);
    }
    return real.includes('%40') ? invented.replace('@', '%40') : invented;
  }
}

/** Shorter secrets would match in any text. */
const MIN_SECRET = 4;

/** Plain, URL-encoded and base64. */
const spellingsOf = (secret: string) => [
  ...new Set([secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]),
];

/** Redacts everything below a credential's key. */
function hidden(value: Value): Value {
  if (isList(value)) return value.map(hidden);
  if (isObject(value)) {
    const redacted: Record<string, Value> = {};
    for (const [name, one] of Object.entries(value)) setProperty(redacted, name, hidden(one));
    return redacted;
  }
  if (typeof value === 'string') return REDACTED;
  return typeof value === 'boolean' || value === null ? value : 0;
}

/** Replaces digits by other digits and letters by X; keeps length and punctuation. */
const masked = (text: string, number: number) => {
  const digits = text.replace(/\D/g, '').length;
  const invented = String(number)
    .padStart(digits, '0')
    .slice(-digits || undefined);
  let at = 0;
  return text.replace(/\p{L}|\d/gu, (character) => {
    if (!/\d/.test(character)) return character === character.toUpperCase() ? 'X' : 'x';
    at += 1;
    return invented.charAt(at - 1);
  });
};

const INVENT: Readonly<
  Record<Exclude<Kind, 'credential'>, (real: string, number: number) => string>
> & {
  readonly credential: () => string;
} = {
  credential: () => REDACTED,
  'e-mail address': (_real, number) => `person${String(number)}@example.com`,
  'phone number': (real, number) => {
    const digits = real.replace(/\D/g, '').length;
    const invented = String(number).padStart(digits, '5');
    let at = 0;
    return real.replace(/\d/g, () => invented.charAt((at += 1) - 1));
  },
  name: (_real, number) => `Person ${String(number)}`,
  'user name': (_real, number) => `person${String(number)}`,
  street: (_real, number) => `${String(number)} Example Street`,
  'date of birth': (real) =>
    /^\d{4}-\d\d-\d\d/.test(real) ? `2000-01-01${real.slice(10)}` : masked(real, 0),
  'personal number': masked,
  // Addresses for documentation: RFC 5737.
  'IP address': (_real, number) => `192.0.2.${String(number % 256)}`,
};
