import { BadUserInput } from '../../errors/coded-error.ts';
import type { CustomValues, Extensible } from '../extensions/custom-fields.ts';
import type { Money } from '../money.ts';
import type {
  CreateBillingAccountInput,
  CreateCheckoutSessionInput,
  CreateInvoiceInput,
  CreateRecurringPlanInput,
  MoneyInput,
  RefundPaymentInput,
} from './__generated__/inputs.ts';
import type {
  NewBillingAccount,
  NewAddress,
  NewLineItem,
  NewCheckoutSession,
  NewInvoice,
  KnownInterval,
  NewPlanItem,
  NewRecurringPlan,
  NewRefund,
} from './new-records.ts';

/** Path of a value in the arguments: `['input', 'lines', '0', 'quantity']`. */
type Field = readonly string[];

const INPUT: Field = ['input'];

/** Each function validates an input and throws `BadUserInput` with the field for a value beyond the limits that the SDL documents. */

export const readNewCheckoutSession = ({
  billingAccountId,
  lines,
  successUrl,
  cancelUrl,
}: CreateCheckoutSessionInput): NewCheckoutSession => ({
  billingAccountId,
  lines: readLines(lines),
  successUrl: readWebUrl(successUrl, [...INPUT, 'successUrl']),
  cancelUrl: cancelUrl == null ? null : readWebUrl(cancelUrl, [...INPUT, 'cancelUrl']),
});

export const readNewInvoice = ({
  billingAccountId,
  lines,
  dueOn,
  description,
  extra,
}: CreateInvoiceInput & Extensible): NewInvoice => ({
  billingAccountId,
  lines: readLines(lines),
  dueOn,
  description: readOptionalText(description, MAX_NOTE, [...INPUT, 'description']),
  extra: readCustom(extra),
});

export const readNewRefund = ({ paymentId, amount, reason }: RefundPaymentInput): NewRefund => ({
  paymentId,
  amount: amount == null ? null : readMoney(amount, [...INPUT, 'amount']),
  reason: reason ?? null,
});

export function readNewBillingAccount({
  name,
  email,
  phone,
  address,
  description,
  extra,
}: CreateBillingAccountInput & Extensible): NewBillingAccount {
  const record = {
    name: readOptionalText(name, MAX_NAME, [...INPUT, 'name']),
    email: readOptionalText(email, MAX_EMAIL, [...INPUT, 'email']),
    phone: readOptionalText(phone, MAX_PHONE, [...INPUT, 'phone']),
    address: address == null ? null : readAddress(address),
    description: readOptionalText(description, MAX_NOTE, [...INPUT, 'description']),
    extra: readCustom(extra),
  };
  if (record.name === null && record.email === null)
    throw wrong(INPUT, 'have a name or an email', 'has neither');
  return record;
}

export function readNewRecurringPlan({
  billingAccountId,
  items,
  daysUntilDue,
  extra,
}: CreateRecurringPlanInput & Extensible): NewRecurringPlan {
  const field = [...INPUT, 'items'];
  checkSize(items, MAX_ITEMS, field);
  if (daysUntilDue != null) checkInteger(daysUntilDue, MAX_DAYS, [...INPUT, 'daysUntilDue']);
  const read = items.map((item, index): NewPlanItem => {
    const own = [...field, String(index)];
    return {
      ...readLine(item, own),
      interval: readInterval(item, own),
      intervalCount: item.intervalCount,
    };
  });
  checkOneCurrency(read, field);
  checkSame(
    read.map(({ interval }) => interval),
    (index) => [...field, index, 'interval'],
  );
  checkSame(
    read.map(({ intervalCount }) => String(intervalCount)),
    (index) => [...field, index, 'intervalCount'],
  );
  return {
    billingAccountId,
    items: read,
    daysUntilDue: daysUntilDue ?? null,
    extra: readCustom(extra),
  };
}

/** Validates metadata values against the processor's limits: https://docs.stripe.com/metadata */
function readCustom(extra: CustomValues = {}): CustomValues {
  for (const [name, value] of Object.entries(extra)) {
    const text = Array.isArray(value) ? value.join() : value;
    if (typeof text === 'string' && text.length > MAX_NOTE)
      throw wrong(
        [...INPUT, name],
        `have at most ${String(MAX_NOTE)} characters`,
        `has ${String(text.length)}`,
      );
  }
  return extra;
}

function readLines(lines: CreateInvoiceInput['lines']): NewLineItem[] {
  const field = [...INPUT, 'lines'];
  checkSize(lines, MAX_LINES, field);
  const read = lines.map((line, index) => readLine(line, [...field, String(index)]));
  checkOneCurrency(read, field);
  return read;
}

function readLine(
  { description, quantity, unitAmount }: CreateInvoiceInput['lines'][number],
  field: Field,
): NewLineItem {
  checkText(description, MAX_NAME, [...field, 'description']);
  checkInteger(quantity, MAX_QUANTITY, [...field, 'quantity']);
  return { description, quantity, unitAmount: readMoney(unitAmount, [...field, 'unitAmount']) };
}

const checkOneCurrency = (lines: readonly NewLineItem[], field: Field) => {
  checkSame(
    lines.map(({ unitAmount }) => unitAmount.currency),
    (index) => [...field, index, 'unitAmount', 'currency'],
  );
};

function readMoney({ amount, currency }: MoneyInput, field: Field): Money {
  if (!isPositive(amount)) throw wrong([...field, 'amount'], 'be above zero', `is ${amount}`);
  return { amount, currency };
}

function readInterval(
  { interval, intervalCount }: CreateRecurringPlanInput['items'][number],
  field: Field,
): KnownInterval {
  if (interval === 'UNKNOWN')
    throw wrong([...field, 'interval'], 'be DAY, WEEK, MONTH or YEAR', 'is UNKNOWN');
  checkInteger(intervalCount, MAX_INTERVALS[interval], [...field, 'intervalCount']);
  return interval;
}

function readAddress(address: NonNullable<CreateBillingAccountInput['address']>): NewAddress {
  const field = [...INPUT, 'address'];
  const part = (name: Exclude<keyof NewAddress, 'countryCode'>) =>
    readOptionalText(address[name], MAX_NAME, [...field, name]);
  const read = {
    line1: part('line1'),
    line2: part('line2'),
    city: part('city'),
    region: part('region'),
    postalCode: part('postalCode'),
    countryCode: address.countryCode ?? null,
  };
  if (Object.values(read).every((value) => value === null))
    throw wrong(field, 'have at least one part', 'has none');
  return read;
}

function checkInteger(value: number, max: number, field: Field): void {
  if (value < 1 || value > max)
    throw wrong(
      field,
      `be an integer from 1 to ${max.toLocaleString('en-US')}`,
      `is ${String(value)}`,
    );
}

/** @returns `input.name must be short, but is long.` */
const wrong = (field: Field, expected: string, got: string) =>
  new BadUserInput(`${nameOf(field)} must ${expected}, but ${got}.`, { field });

/** The name in messages. */
const nameOf = (field: Field) => field.join('.');

/** @throws BadUserInput */
function checkSize({ length }: { readonly length: number }, max: number, field: Field): void {
  if (length < 1 || length > max)
    throw wrong(field, `have from 1 to ${String(max)} entries`, `has ${String(length)}`);
}

/** @throws BadUserInput */
function checkText(text: string, max: number, field: Field): void {
  const expected = `have from 1 to ${String(max)} characters`;
  if (text.length > max) throw wrong(field, expected, `has ${String(text.length)}`);
  if (text.trim() === '') throw wrong(field, expected, 'is blank');
}

/** @throws BadUserInput */
function readOptionalText(
  text: string | null | undefined,
  max: number,
  field: Field,
): string | null {
  if (text == null) return null;
  checkText(text, max, field);
  return text;
}

/**
 * Checks that all values are equal.
 * @throws BadUserInput for the first that differs
 */
function checkSame(values: readonly string[], fieldOf: (index: string) => Field): void {
  const [first] = values;
  const odd = values.findIndex((value) => value !== first);
  if (odd > 0)
    throw wrong(
      fieldOf(String(odd)),
      `be ${String(first)}, as in the first entry`,
      `is ${String(values[odd])}`,
    );
}

/** @throws BadUserInput for a URL that does not open a web page */
function readWebUrl(url: URL, field: Field): string {
  if (url.protocol === 'https:' || url.protocol === 'http:') return url.href;
  throw wrong(field, 'be an http or https URL', `begins with "${url.protocol.slice(0, 20)}"`);
}

/** Whether decimal text is positive; it may exceed the precision of a number. */
const isPositive = (decimal: string) => !decimal.startsWith('-') && /[1-9]/.test(decimal);

const MAX_LINES = 100;
const MAX_ITEMS = 20;
const MAX_QUANTITY = 999_999;
const MAX_DAYS = 365;
const MAX_NAME = 250;
const MAX_EMAIL = 500;
const MAX_PHONE = 20;
const MAX_NOTE = 500;

/** Three years. */
const MAX_INTERVALS: Readonly<Record<KnownInterval, number>> = {
  DAY: 1095,
  WEEK: 156,
  MONTH: 36,
  YEAR: 3,
};
