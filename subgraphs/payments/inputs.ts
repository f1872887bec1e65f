import type { Money } from '../money.ts';
import type {
  CreateBillingAccountInput,
  CreateCheckoutSessionInput,
  CreateInvoiceInput,
  CreateRecurringPlanInput,
  MoneyInput,
  RefundPaymentInput,
} from './__generated__/inputs.ts';
import { checkSame, checkSize, checkText, type Field, INPUT, isPositive, readOptionalText, readWebUrl, wrong } from './input-checks.ts';
import type {
  AccountOrder,
  AddressOrder,
  ChargeLine,
  CheckoutOrder,
  InvoiceOrder,
  KnownInterval,
  PlanItem,
  PlanOrder,
  RefundOrder,
} from './orders.ts';

/** Each reads an input and throws `BadUserInput`, naming the field, where it is beyond the limits that the schema names. */

export const readCheckoutOrder = ({ billingAccountId, lines, successUrl, cancelUrl }: CreateCheckoutSessionInput): CheckoutOrder => ({
  billingAccountId,
  lines: readLines(lines),
  successUrl: readWebUrl(successUrl, [...INPUT, 'successUrl']),
  cancelUrl: cancelUrl == null ? null : readWebUrl(cancelUrl, [...INPUT, 'cancelUrl']),
});

export const readInvoiceOrder = ({ billingAccountId, lines, dueOn, description }: CreateInvoiceInput): InvoiceOrder => ({
  billingAccountId,
  lines: readLines(lines),
  dueOn,
  description: readOptionalText(description, MAX_NOTE, [...INPUT, 'description']),
});

export const readRefundOrder = ({ paymentId, amount, reason }: RefundPaymentInput): RefundOrder => ({
  paymentId,
  amount: amount == null ? null : readMoney(amount, [...INPUT, 'amount']),
  reason: reason ?? null,
});

export function readAccountOrder({ name, email, phone, address, description }: CreateBillingAccountInput): AccountOrder {
  const order = {
    name: readOptionalText(name, MAX_NAME, [...INPUT, 'name']),
    email: readOptionalText(email, MAX_EMAIL, [...INPUT, 'email']),
    phone: readOptionalText(phone, MAX_PHONE, [...INPUT, 'phone']),
    address: address == null ? null : readAddress(address),
    description: readOptionalText(description, MAX_NOTE, [...INPUT, 'description']),
  };
  if (order.name === null && order.email === null) throw wrong(INPUT, 'have a name or an email', 'has neither');
  return order;
}

export function readPlanOrder({ billingAccountId, items, daysUntilDue }: CreateRecurringPlanInput): PlanOrder {
  const field = [...INPUT, 'items'];
  checkSize(items, MAX_ITEMS, field);
  if (daysUntilDue != null) checkInteger(daysUntilDue, MAX_DAYS, [...INPUT, 'daysUntilDue']);
  const read = items.map((item, index): PlanItem => {
    const own = [...field, String(index)];
    return { ...readLine(item, own), interval: readInterval(item, own), intervalCount: item.intervalCount };
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
  return { billingAccountId, items: read, daysUntilDue: daysUntilDue ?? null };
}

function readLines(lines: CreateInvoiceInput['lines']): ChargeLine[] {
  const field = [...INPUT, 'lines'];
  checkSize(lines, MAX_LINES, field);
  const read = lines.map((line, index) => readLine(line, [...field, String(index)]));
  checkOneCurrency(read, field);
  return read;
}

function readLine({ description, quantity, unitAmount }: CreateInvoiceInput['lines'][number], field: Field): ChargeLine {
  checkText(description, MAX_NAME, [...field, 'description']);
  checkInteger(quantity, MAX_QUANTITY, [...field, 'quantity']);
  return { description, quantity, unitAmount: readMoney(unitAmount, [...field, 'unitAmount']) };
}

const checkOneCurrency = (lines: readonly ChargeLine[], field: Field) => {
  checkSame(
    lines.map(({ unitAmount }) => unitAmount.currency),
    (index) => [...field, index, 'unitAmount', 'currency'],
  );
};

function readMoney({ amount, currency }: MoneyInput, field: Field): Money {
  if (!isPositive(amount)) throw wrong([...field, 'amount'], 'be above zero', `is ${amount}`);
  return { amount, currency };
}

function readInterval({ interval, intervalCount }: CreateRecurringPlanInput['items'][number], field: Field): KnownInterval {
  if (interval === 'UNKNOWN') throw wrong([...field, 'interval'], 'be a unit that can be asked for', 'is UNKNOWN');
  checkInteger(intervalCount, MAX_INTERVALS[interval], [...field, 'intervalCount']);
  return interval;
}

function readAddress(address: NonNullable<CreateBillingAccountInput['address']>): AddressOrder {
  const field = [...INPUT, 'address'];
  const part = (name: Exclude<keyof AddressOrder, 'countryCode'>) => readOptionalText(address[name], MAX_NAME, [...field, name]);
  const read = {
    line1: part('line1'),
    line2: part('line2'),
    city: part('city'),
    region: part('region'),
    postalCode: part('postalCode'),
    countryCode: address.countryCode ?? null,
  };
  if (Object.values(read).every((value) => value === null)) throw wrong(field, 'have at least one part', 'has none');
  return read;
}

function checkInteger(value: number, max: number, field: Field): void {
  if (value < 1 || value > max) throw wrong(field, `be an integer from 1 to ${max.toLocaleString('en-US')}`, `is ${String(value)}`);
}

const MAX_LINES = 100;
const MAX_ITEMS = 20;
const MAX_QUANTITY = 999_999;
const MAX_DAYS = 365;
const MAX_NAME = 250;
const MAX_EMAIL = 500;
const MAX_PHONE = 20;
const MAX_NOTE = 500;

/** Three years. */
const MAX_INTERVALS: Readonly<Record<KnownInterval, number>> = { DAY: 1095, WEEK: 156, MONTH: 36, YEAR: 3 };
