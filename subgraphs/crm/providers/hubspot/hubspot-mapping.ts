import type { Money } from '../../../money.ts';
import { parseInstant, toIso } from '../../../instants.ts';
import { type AddressParts, type PostalAddress, toPostalAddress } from '../../../postal-address.ts';
import type {
  Company,
  Customer,
  Deal,
  LifecycleStage,
  Named,
  Owner,
  Pipeline,
} from '../../domain.ts';
import type { CrmSettings, Fields } from '../../provider.ts';
import type { WireOwner, WirePipeline, WireRecord } from './hubspot-wire.ts';

/** The properties of each field of the graph, in the order of the request. */
export type FieldProperties = Readonly<Record<string, readonly string[]>>;

/** The main address, and all others separated by semicolons. */
const EMAILS = ['email', 'hs_additional_emails'];

export const contactProperties = ({ referenceProperty }: CrmSettings): FieldProperties => ({
  name: ['firstname', 'lastname'],
  firstName: ['firstname'],
  lastName: ['lastname'],
  email: ['email'],
  phone: ['phone'],
  jobTitle: ['jobtitle'],
  lifecycleStage: ['lifecyclestage'],
  address: ['address', 'city', 'state', 'zip', 'country', 'hs_country_region_code'],
  company: ['associatedcompanyid'],
  billingLink: [...EMAILS, ...(referenceProperty === null ? [] : [referenceProperty])],
});

export const COMPANY_PROPERTIES: FieldProperties = {
  name: ['name'],
  domain: ['domain'],
  industry: ['industry'],
  phone: ['phone'],
  address: ['address', 'address2', 'city', 'state', 'zip', 'country', 'hs_country_code'],
};

export const DEAL_PROPERTIES: FieldProperties = {
  title: ['dealname'],
  amount: ['amount', 'deal_currency_code'],
  stage: ['dealstage'],
  pipeline: ['pipeline'],
  probability: ['hs_deal_stage_probability'],
  owner: ['hubspot_owner_id'],
  closesOn: ['closedate'],
};

/** Without named properties, HubSpot sends a default set. This one is always sent, so naming it requests no others. */
const NO_PROPERTY = ['hs_object_id'];

/** The properties of the given fields, always in the same order. */
export function propertiesOf(fields: Fields, properties: FieldProperties): readonly string[] {
  const needed = new Set<string>();
  for (const [field, names] of Object.entries(properties))
    if (fields.has(field)) for (const name of names) needed.add(name);
  return needed.size === 0 ? NO_PROPERTY : [...needed];
}

export function toCustomer(record: WireRecord, { referenceProperty }: CrmSettings): Customer {
  const { id, properties, createdAt, updatedAt } = record;
  const firstName = text(properties['firstname']);
  const lastName = text(properties['lastname']);
  return {
    id,
    name: join(firstName, lastName),
    firstName,
    lastName,
    email: text(properties['email']),
    phone: text(properties['phone']),
    jobTitle: text(properties['jobtitle']),
    lifecycleStage: named(properties['lifecyclestage']),
    address: toAddress(properties, properties['hs_country_region_code']),
    companyId: text(properties['associatedcompanyid']),
    billingLink: {
      reference: referenceProperty === null ? null : text(properties[referenceProperty]),
      emails: emailsOf(record),
    },
    createdAt,
    updatedAt,
  };
}

export function toCompany({ id, properties, createdAt, updatedAt }: WireRecord): Company {
  return {
    id,
    name: text(properties['name']),
    domain: text(properties['domain']),
    industry: text(properties['industry']),
    phone: text(properties['phone']),
    address: toAddress(properties, properties['hs_country_code']),
    createdAt,
    updatedAt,
  };
}

export function toDeal(
  { id, properties, createdAt, updatedAt }: WireRecord,
  { defaultCurrency }: CrmSettings,
): Deal {
  return {
    id,
    title: text(properties['dealname']),
    amount: toMoney(
      text(properties['amount']),
      text(properties['deal_currency_code']) ?? defaultCurrency,
    ),
    stage: named(properties['dealstage']),
    pipeline: named(properties['pipeline']),
    probability: toProbability(text(properties['hs_deal_stage_probability'])),
    owner: named(properties['hubspot_owner_id']),
    closesOn: toDay(text(properties['closedate'])),
    createdAt,
    updatedAt,
  };
}

export const toPipeline = ({ id, label, stages }: WirePipeline): Pipeline => ({
  id,
  label,
  stages: stages.map((stage) => {
    const isClosed = stage.metadata?.isClosed === 'true';
    // A closed stage is won at probability 1 and lost at 0: https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide
    return {
      id: stage.id,
      label: stage.label,
      isClosed,
      isWon: isClosed && Number(stage.metadata?.probability) === 1,
    };
  }),
});

export const toLifecycleStage = ({
  value,
  label,
}: {
  readonly value: string;
  readonly label: string;
}): LifecycleStage => ({
  id: value,
  label,
});

export const toOwner = ({ id, firstName, lastName, email }: WireOwner): Owner => ({
  id,
  name: join(text(firstName), text(lastName)),
  email: text(email),
});

/** A contact's e-mail addresses in lower case, the main one first. */
export const emailsOf = ({ properties }: WireRecord): string[] => [
  ...new Set(
    EMAILS.flatMap((name) => properties[name]?.split(';') ?? []).flatMap(
      (email) => text(email)?.toLowerCase() ?? [],
    ),
  ),
];

function text(value: string | null | undefined): string | null {
  return value?.trim() || null;
}

function named(value: string | null | undefined): Named | null {
  const id = text(value);
  return id === null ? null : { id };
}

const join = (...names: (string | null)[]) =>
  names.filter((name) => name !== null).join(' ') || null;

function toAddress(
  properties: WireRecord['properties'],
  code: string | null | undefined,
): PostalAddress | null {
  const parts: AddressParts = {
    line1: text(properties['address']),
    line2: text(properties['address2']),
    city: text(properties['city']),
    region: text(properties['state']),
    postalCode: text(properties['zip']),
    country: text(properties['country']),
  };
  return toPostalAddress(parts, text(code));
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

function toMoney(value: string | null, code: string): Money | null {
  const amount = toDecimal(value);
  const currency = code.toUpperCase();
  return amount === null || !CURRENCIES.has(currency) ? null : { amount, currency };
}

/** HubSpot sends large numbers as `1.5E7`. Digits are only moved, never calculated, so the value stays exact. */
export function toDecimal(value: string | null): string | null {
  if (value === null || value.length > MAX_NUMBER) return null;
  const { sign = '', whole = '', fraction = '', exponent = '0' } = NUMBER.exec(value)?.groups ?? {};
  const digits = whole + fraction;
  const shift = Number(exponent);
  if (digits === '' || Math.abs(shift) > MAX_EXPONENT) return null;
  const point = whole.length + shift;
  const padded = digits.padEnd(point, '0').padStart(digits.length - Math.min(0, point - 1), '0');
  const split = Math.max(1, point);
  const integer = padded.slice(0, split).replace(/^0+(?=\d)/, '');
  const decimals = padded.slice(split);
  return `${sign === '-' && /[1-9]/.test(digits) ? '-' : ''}${integer}${decimals === '' ? '' : `.${decimals}`}`;
}

const NUMBER =
  /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?:[eE](?<exponent>[+-]?\d{1,4}))?$/;
const MAX_EXPONENT = 100;
/** Characters; a CRM calculates with doubles, which have 17 digits. */
const MAX_NUMBER = 100;

function toProbability(value: string | null): number | null {
  const probability = Number(value ?? NaN);
  return probability >= 0 && probability <= 1 ? probability : null;
}

/** `closedate` is an instant; its day is that in UTC. */
export const toDay = (value: string | null) =>
  toInstant(value)?.slice(0, 'yyyy-mm-dd'.length) ?? null;

/** Times are RFC 3339 text or milliseconds since 1970, negative for earlier ones. */
export function toInstant(value: string | null): string | null {
  if (value === null) return null;
  return toIso(
    /^-?\d{1,16}$/.test(value) ? Number(value) : (parseInstant(value)?.getTime() ?? NaN),
  );
}
