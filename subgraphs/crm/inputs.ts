import { BadUserInput } from '../../errors/coded-error.ts';
import type { CustomValues } from '../extensions/custom-fields.ts';
import type { Money } from '../money.ts';
import type {
  AddressChanges,
  CompanyChanges,
  CustomerChanges,
  DealChanges,
  NewDeal,
} from './domain.ts';
import { EMAIL_DESCRIPTION, isEmail } from './loaders.ts';
import type { CrmCapabilities } from './provider.ts';

interface KeyedInput {
  readonly idempotencyKey?: string | null;
}

export interface CreateCustomerInput extends CustomerChanges, KeyedInput {}

export interface UpdateCustomerInput extends CreateCustomerInput {
  readonly id: string;
}

export interface CreateCompanyInput extends CompanyChanges, KeyedInput {}

export interface UpdateCompanyInput extends CreateCompanyInput {
  readonly id: string;
}

export interface CreateDealInput extends DealChanges, KeyedInput {
  readonly title: string;
  readonly companyId?: string | null;
  readonly customerIds?: readonly string[] | null;
}

export interface UpdateDealInput extends DealChanges, KeyedInput {
  readonly id: string;
}

/** Validates the inputs of mutations as far as that needs no call to the CRM. Each function throws `BadUserInput`. */
export interface InputReaders {
  readonly newCustomer: (input: CreateCustomerInput) => CustomerChanges;
  readonly customerChanges: (input: UpdateCustomerInput) => CustomerChanges;
  readonly newCompany: (input: CreateCompanyInput) => CompanyChanges;
  readonly companyChanges: (input: UpdateCompanyInput) => CompanyChanges;
  readonly newDeal: (input: CreateDealInput) => NewDeal;
  readonly dealChanges: (input: UpdateDealInput) => DealChanges;
}

export function createInputReaders(capabilities: CrmCapabilities): InputReaders {
  const read = fieldReaders(capabilities);
  return {
    newCustomer: (input) => {
      const customer = readCustomer(read, input);
      if (customer.email != null || customer.firstName != null || customer.lastName != null)
        return customer;
      throw new BadUserInput(
        'input must have an email, a firstName or a lastName, but has none of them.',
        { field: ['input'] },
      );
    },
    customerChanges: ({ id, ...input }) => {
      read.id('id', id);
      return refuseNothing(readCustomer(read, input));
    },
    newCompany: (input) => {
      const company = readCompany(read, input);
      if (!isBlank(company.name) || !isBlank(company.domain)) return company;
      throw new BadUserInput('input must have a name or a domain, but has none of them.', {
        field: ['input'],
      });
    },
    companyChanges: ({ id, ...input }) => {
      read.id('id', id);
      return refuseNothing(readCompany(read, input));
    },
    newDeal: (input) => ({
      ...readDeal(read, input),
      title: read.filledText('title', input.title),
      companyId: read.id('companyId', input.companyId) ?? null,
      customerIds: readCustomerIds(read, input.customerIds ?? [], capabilities),
    }),
    dealChanges: ({ id, ...input }) => {
      read.id('id', id);
      return refuseNothing(readDeal(read, input));
    },
  };
}

const readCustomer = (read: FieldReaders, input: CustomerChanges): CustomerChanges =>
  withoutAbsent({
    firstName: read.text('firstName', input.firstName),
    lastName: read.text('lastName', input.lastName),
    email: read.email('email', input.email),
    phone: read.text('phone', input.phone),
    jobTitle: read.text('jobTitle', input.jobTitle),
    lifecycleStageId: read.name('lifecycleStageId', input.lifecycleStageId),
    address: readAddress(read, 'customer', input.address),
    companyId: read.id('companyId', input.companyId),
    extra: read.custom(input.extra),
  });

const readCompany = (read: FieldReaders, input: CompanyChanges): CompanyChanges =>
  withoutAbsent({
    name: read.text('name', input.name),
    domain: read.domain('domain', input.domain),
    industry: read.text('industry', input.industry),
    phone: read.text('phone', input.phone),
    address: readAddress(read, 'company', input.address),
    extra: read.custom(input.extra),
  });

function readAddress(
  read: FieldReaders,
  owner: 'customer' | 'company',
  address: Nullish<AddressChanges>,
): Nullish<AddressChanges> {
  if (address == null) return address;
  read.streetLines('address.line2', owner, address);
  return withoutAbsent({
    line1: read.text('address.line1', address.line1),
    line2: read.text('address.line2', address.line2),
    city: read.text('address.city', address.city),
    region: read.text('address.region', address.region),
    postalCode: read.text('address.postalCode', address.postalCode),
    country: read.text('address.country', address.country),
  });
}

const readDeal = (read: FieldReaders, input: DealChanges): DealChanges =>
  withoutAbsent({
    title: read.text('title', input.title),
    amount: read.amount('amount', input.amount),
    stageId: read.name('stageId', input.stageId),
    pipelineId: read.name('pipelineId', input.pipelineId),
    closesOn: input.closesOn,
    ownerId: read.id('ownerId', input.ownerId),
    extra: read.custom(input.extra),
  });

function readCustomerIds(
  read: FieldReaders,
  ids: readonly string[],
  { maxBatchSize }: CrmCapabilities,
): readonly string[] {
  if (ids.length > maxBatchSize) {
    throw refusal(
      'customerIds',
      `must have at most ${String(maxBatchSize)} ids, but has ${String(ids.length)}`,
    );
  }
  return [...new Set(ids.flatMap((id) => read.id('customerIds', id) ?? []))];
}

function refuseNothing<Changes extends object>(changes: Changes): Changes {
  if (Object.keys(changes).length > 0) return changes;
  throw new BadUserInput('input must have a field to update besides the id, but has none.', {
    field: ['input'],
  });
}

type Nullish<Value> = Value | null | undefined;

/** Each validates one input field, named by its path in the input: `address.city`. */
type FieldReaders = ReturnType<typeof fieldReaders>;

function fieldReaders({
  idPattern,
  idDescription,
  maxTextLength,
  hasSecondAddressLine,
}: CrmCapabilities) {
  const text = (name: string, value: Nullish<string>) => {
    if (value == null || value.length <= maxTextLength) return value;
    throw refusal(
      name,
      `must have at most ${grouped(maxTextLength)} characters, but has ${grouped(value.length)}`,
    );
  };
  return {
    text,
    custom: customReader(text),
    filledText: (name: string, value: string) => {
      text(name, value);
      if (value.trim() !== '') return value;
      throw refusal(name, 'must not be blank, but is');
    },
    streetLines: (
      name: string,
      owner: 'customer' | 'company',
      { line1, line2 }: AddressChanges,
    ) => {
      if (hasSecondAddressLine[owner] || isBlank(line2) || !isBlank(line1)) return;
      throw refusal(
        name,
        'must be sent with line1, as this CRM stores both in one line, but line1 is missing',
      );
    },
    email: (name: string, value: Nullish<string>) => {
      if (value == null || isEmail(value)) return value;
      throw refusal(name, `must be ${EMAIL_DESCRIPTION}, but got ${quoted(value)}`);
    },
    domain: readDomain,
    id: (name: string, value: Nullish<string>) => {
      if (value == null || idPattern.test(value)) return value;
      throw refusal(name, `must be ${idDescription}, but got ${quoted(value)}`);
    },
    /** The id of a stage or pipeline, in any format. */
    name: (name: string, value: Nullish<string>) => {
      if (value == null || (value.length <= MAX_NAME && value.trim() !== '')) return value;
      throw refusal(
        name,
        `must be text of 1 to ${String(MAX_NAME)} characters, but got ${quoted(value)}`,
      );
    },
    amount: (name: string, value: Nullish<Money>) => {
      const digits = value?.amount.replace(/^-?0*|\./g, '').length ?? 0;
      if (value == null || digits <= MAX_DIGITS) return value;
      throw refusal(
        `${name}.amount`,
        `must have at most ${String(MAX_DIGITS)} digits, but has ${String(digits)}`,
      );
    },
  };
}

/** Only the CRM can validate more than the length of these values. */
const customReader =
  (text: (name: string, value: Nullish<string>) => unknown) =>
  (values: CustomValues | undefined) => {
    for (const [name, value] of Object.entries(values ?? {}))
      text(name, Array.isArray(value) ? value.join() : typeof value === 'string' ? value : null);
    return values;
  };

function readDomain(name: string, value: Nullish<string>): Nullish<string> {
  if (isBlank(value) || isDomain(value)) return value;
  throw refusal(
    name,
    `must be a web domain such as example.com, of at most ${String(MAX_DOMAIN)} characters, but got ${quoted(value)}`,
  );
}

const MAX_NAME = 200;
/** CRMs calculate with doubles, which have no more digits: a longer amount would be rounded. */
const MAX_DIGITS = 15;

const refusal = (name: string, problem: string) =>
  new BadUserInput(`input.${name} ${problem}.`, { field: ['input', ...name.split('.')] });

const isBlank = (text: Nullish<string>): text is null | undefined | '' =>
  text == null || text.trim() === '';

/** Not a URL: CRMs store its host in various formats, so that the company could not be found by it. */
const isDomain = (text: string) =>
  text.length <= MAX_DOMAIN && /^[^\s/:@?#.]+(?:\.[^\s/:@?#.]+)+$/.test(text);
/** RFC 1035 section 2.3.4. */
const MAX_DOMAIN = 253;

const quoted = (value: string) => JSON.stringify(value.slice(0, 40));
const grouped = (count: number) => count.toLocaleString('en');

/** Removes absent fields, so that they do not clear values. */
function withoutAbsent<Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): Present<Fields> {
  // The cast is safe: the undefined values are removed.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Present<Fields>;
}

type Present<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
