import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';

const stripe = mockStripe();

/** Asks for a change; what is wrong with it must be found without a call. */
async function refuse(mutation: string, input: object) {
  const type = `${mutation[0]?.toUpperCase() ?? ''}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code } } }`;
  const { errors, messages, calls } = await stripe.graph.ask(query, { input });
  expect([errors, calls]).toEqual([[`${mutation}: BAD_USER_INPUT`], []]);
  return messages[0];
}

const money = (amount: string, currency = 'EUR') => ({ amount, currency });
const line = (changes: object = {}) => ({
  description: 'A thing',
  unitAmount: money('1.00'),
  ...changes,
});
const item = (changes: object = {}) => ({ interval: 'MONTH', ...line(changes) });
const times = (count: number) => Array.from({ length: count }, () => line());

describe('createCheckoutSession refuses', () => {
  const input = { billingAccountId: 'cus_1', lines: [line()], successUrl: 'https://shop.test' };

  it.each([
    [{ lines: [] }, 'input.lines must have from 1 to 100 entries, but has 0.'],
    [{ lines: times(101) }, 'input.lines must have from 1 to 100 entries, but has 101.'],
    [
      { lines: [line(), line({ description: ' ' })] },
      'input.lines.1.description must have from 1 to 250 characters, but is blank.',
    ],
    [
      { lines: [line({ description: 'x'.repeat(251) })] },
      'input.lines.0.description must have from 1 to 250 characters, but has 251.',
    ],
    [
      { lines: [line({ quantity: 0 })] },
      'input.lines.0.quantity must be an integer from 1 to 999,999, but is 0.',
    ],
    [
      { lines: [line({ unitAmount: money('0.00') })] },
      'input.lines.0.unitAmount.amount must be above zero, but is 0.00.',
    ],
    [
      { lines: [line({ unitAmount: money('-0.00') })] },
      'input.lines.0.unitAmount.amount must be above zero, but is 0.00.',
    ],
    [
      { lines: [line({ unitAmount: money('-1') })] },
      'input.lines.0.unitAmount.amount must be above zero, but is -1.',
    ],
    [
      { lines: [line({ unitAmount: money('1.005') })] },
      'input.lines.0.unitAmount.amount must have at most 2 decimals in EUR, but is 1.005.',
    ],
    [
      { lines: [line({ unitAmount: money('1.5', 'JPY') })] },
      'input.lines.0.unitAmount.amount must have no decimals in JPY, but is 1.5.',
    ],
    [
      { lines: [line({ unitAmount: money('99999999999.00') })] },
      'input.lines.0.unitAmount.amount must be an amount that the payment processor accepts, but is 99999999999.00.',
    ],
    [
      { lines: [line(), line({ unitAmount: money('1', 'USD') })] },
      'input.lines.1.unitAmount.currency must be EUR, as in the first entry, but is USD.',
    ],
    [
      { successUrl: 'javascript:alert(1)' },
      'input.successUrl must be an http or https URL, but begins with "javascript:".',
    ],
    [
      { cancelUrl: 'ftp://shop.test' },
      'input.cancelUrl must be an http or https URL, but begins with "ftp:".',
    ],
    [
      { billingAccountId: 'cus 1' },
      'input.billingAccountId must be the id of a billing account, such as "cus_...", but got "cus 1".',
    ],
    [{ idempotencyKey: '' }, 'idempotencyKey must have from 1 to 255 characters, but has 0.'],
  ])('%j', async (changes, message) => {
    expect(await refuse('createCheckoutSession', { ...input, ...changes })).toBe(message);
  });
});

describe('createInvoice refuses', () => {
  it('a note that is too long', async () => {
    const input = {
      billingAccountId: 'cus_1',
      lines: [line()],
      dueOn: '2030-01-01',
      description: 'x'.repeat(501),
    };
    expect(await refuse('createInvoice', input)).toBe(
      'input.description must have from 1 to 500 characters, but has 501.',
    );
  });
});

describe('refundPayment refuses', () => {
  it('zero and negative amounts', async () => {
    expect(await refuse('refundPayment', { paymentId: 'pi_1', amount: money('0') })).toBe(
      'input.amount.amount must be above zero, but is 0.',
    );
  });
});

describe('createBillingAccount refuses', () => {
  it.each([
    [{}, 'input must have a name or an email, but has neither.'],
    [{ name: '' }, 'input.name must have from 1 to 250 characters, but is blank.'],
    [
      { name: 'N', phone: '0'.repeat(21) },
      'input.phone must have from 1 to 20 characters, but has 21.',
    ],
    [{ name: 'N', address: {} }, 'input.address must have at least one part, but has none.'],
    [
      { name: 'N', address: { city: '' } },
      'input.address.city must have from 1 to 250 characters, but is blank.',
    ],
  ])('%j', async (input, message) => {
    expect(await refuse('createBillingAccount', input)).toBe(message);
  });
});

describe('createRecurringPlan refuses', () => {
  it.each([
    [{ items: [] }, 'input.items must have from 1 to 20 entries, but has 0.'],
    [{ daysUntilDue: 0 }, 'input.daysUntilDue must be an integer from 1 to 365, but is 0.'],
    [
      { items: [item({ interval: 'UNKNOWN' })] },
      'input.items.0.interval must be DAY, WEEK, MONTH or YEAR, but is UNKNOWN.',
    ],
    [
      { items: [item({ intervalCount: 37 })] },
      'input.items.0.intervalCount must be an integer from 1 to 36, but is 37.',
    ],
    [
      { items: [item(), item({ interval: 'YEAR' })] },
      'input.items.1.interval must be MONTH, as in the first entry, but is YEAR.',
    ],
    [
      { items: [item(), item({ intervalCount: 2 })] },
      'input.items.1.intervalCount must be 1, as in the first entry, but is 2.',
    ],
  ])('%j', async (changes, message) => {
    expect(
      await refuse('createRecurringPlan', {
        billingAccountId: 'cus_1',
        items: [item()],
        ...changes,
      }),
    ).toBe(message);
  });
});
