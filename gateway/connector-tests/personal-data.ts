/** The kind of a sensitive value. */
export type Kind =
  | 'credential'
  | 'e-mail address'
  | 'phone number'
  | 'name'
  | 'user name'
  | 'street'
  | 'date of birth'
  | 'personal number'
  | 'IP address';

/**
 * Derives the kind of a value from its key.
 * @param key in any spelling: `firstName`, `first_name`, `First-Name`
 * @param ofPerson whether a plain `name` is a person's
 */
export function kindOfKey(key: string, ofPerson: boolean): Kind | undefined {
  const words = wordsOf(key);
  if (words === 'name') return ofPerson ? 'name' : undefined;
  return RULES.find(({ keys }) => keys.test(words))?.kind;
}

/** Whether an object is a person. @param keys its own keys and its parent's key */
export const isPerson = (keys: readonly string[]): boolean =>
  keys.some((key) => OF_PERSONS.test(wordsOf(key)));

/** Normalizes a key to `first_name`. Only the first 100 characters are used. */
const wordsOf = (key: string) =>
  key
    .slice(0, 100)
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .toLowerCase();

const RULES: readonly { readonly kind: Kind; readonly keys: RegExp }[] = [
  {
    kind: 'credential',
    keys: /(?:^|_)(?:tokens?|jwt|secrets?|passwords?|passwd|pwd|passphrase|passcode|api_?keys?|(?:access|private|license|signing|encryption|shared)_key|authorization|auth|bearer|cookies?|set_cookie|session|session_id|sid|signature|credentials?|otp|pin|cvv|cvc|csrf|xsrf)$/,
  },
  { kind: 'e-mail address', keys: /(?:^|_)(?:e_?mails?|e_?mail_address(?:es)?|mail)$/ },
  { kind: 'IP address', keys: /(?:^|_)(?:ip|ip_?addr(?:ess)?|remote_addr)$/ },
  {
    kind: 'phone number',
    keys: /(?:^|_)(?:(?:phone|mobile|cell|fax|tel|telephone|whatsapp|msisdn)(?:_?(?:number|no))?)$/,
  },
  {
    kind: 'user name',
    keys: /(?:^|_)(?:user_?name|login|login_name|nick_?name|screen_name)$/,
  },
  {
    kind: 'name',
    keys: /(?:^|_)(?:(?:first|last|middle|given|family|full|sur|fore|maiden|display|real|legal|holder|cardholder|contact|customer|recipient|sender|author|owner|user|employee|person|patient|guest|assignee|reporter)_?names?|cardholder)$/,
  },
  {
    kind: 'street',
    keys: /(?:^|_)(?:street|street_(?:name|number)|address(?:_?line)?_?\d?|addr_?\d?|line_?[12]|house_number)$/,
  },
  {
    kind: 'date of birth',
    keys: /(?:^|_)(?:birth_?(?:day|date)?|date_of_birth|dob|born_?(?:on|at)?)$/,
  },
  {
    kind: 'personal number',
    keys: /(?:^|_)(?:ssn|sin|tax_?(?:id|number)|vat_?(?:id|number)|national_id|passport(?:_?(?:id|number))?|iban|(?:account|routing|card|licen[sc]e|insurance)_?number|pan|personnummer|zip(?:_?code)?|post(?:al)?_?code)$/,
  },
];

/** Keys that identify an object as a person. */
const OF_PERSONS =
  /(?:^|_)(?:e_?mails?|e_?mail_address|phone|mobile|first_?name|last_?name|birthday|date_of_birth|customers?|users?|persons?|people|contacts?|owners?|authors?|assignees?|employees?|members?|recipients?|senders?|patients?|guests?|requesters?|reporters?)$/;

/** A sensitive part of a text, recognized by its form. */
interface Form {
  readonly kind: Kind;
  readonly pattern: RegExp;
  /** Whether only the text after the first equals sign is sensitive. @default the whole match */
  readonly isParameter?: boolean;
}

/** Credentials are first: the remaining text is searched for the other kinds. Each pattern is linear because its parts are bounded. */
export const FORMS: readonly Form[] = [
  { kind: 'credential', pattern: /-----BEGIN [A-Z ]{1,40}-----[\w+/=\s-]{0,10000}/g },
  { kind: 'credential', pattern: /\beyJ[\w-]{5,2000}\.[\w-]{5,5000}\.?[\w-]{0,2000}/g },
  { kind: 'credential', pattern: /\b(?:Bearer|Basic) [\w+/=.~-]{8,8000}/gi },
  {
    kind: 'credential',
    pattern:
      /\b(?:sk|pk|rk|whsec|gh[oprsu]|github_pat|glpat|xox[abeprs]|shpat|pat|AKIA|ASIA|AIza|SG)[-_.]?[\w.-]{16,500}/g,
  },
  // User and password in a URL.
  { kind: 'credential', pattern: /(?<=:\/\/)[^\s/@:]{1,200}:[^\s/@]{1,200}@/g },
  {
    kind: 'credential',
    pattern:
      /[?&](?:[\w-]{0,40}[_-])?(?:token|key|apikey|api_key|sig|signature|secret|password|code|session)=[^&#\s"'<>]{1,4000}/gi,
    isParameter: true,
  },
  {
    kind: 'e-mail address',
    pattern:
      /(?<![\p{L}\p{N}.!#$*+^_`{|}~-])[\p{L}\p{N}.!#$*+^_`{|}~-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
  },
  { kind: 'phone number', pattern: /\+\d[\d ().-]{6,20}\d/g },
];

/** Whether a whole text is random, like a key or token: at least 32 letters of both cases and digits. */
export const isRandom = (text: string): boolean =>
  text.length >= 32 &&
  /^[\w+/=~-]+$/.test(text) &&
  /[a-z]/.test(text) &&
  /[A-Z]/.test(text) &&
  (text.match(/\d/g)?.length ?? 0) >= 4;
