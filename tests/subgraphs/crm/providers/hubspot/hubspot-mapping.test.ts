import { describe, expect, it } from '@jest/globals';
import {
  toCompany,
  toCustomer,
  toDeal,
  toDecimal,
} from '../../../../../subgraphs/crm/providers/hubspot/hubspot-mapping.ts';
import { wireRecord } from '../../hubspot-mock.ts';

const SETTINGS = { referenceProperty: null, defaultCurrency: 'EUR' };
const deal = (properties: Readonly<Record<string, string | null>>) =>
  toDeal(wireRecord(1, properties), SETTINGS);
const customer = (properties: Readonly<Record<string, string | null>>) =>
  toCustomer(wireRecord(1, properties), SETTINGS);

describe('a decimal of HubSpot’s', () => {
  it.each([
    ['1200', '1200'],
    ['1200.5', '1200.5'],
    ['1200.50', '1200.50'],
    ['0012', '12'],
    ['0', '0'],
    ['-0.5', '-0.5'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['-0e2', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1.5E7', '15000000'],
    ['1.5E+7', '15000000'],
    ['12.345e1', '123.45'],
    ['1.5e-3', '0.0015'],
    ['123456789012345678901234567890.12', '123456789012345678901234567890.12'],
    ['', null],
    [null, null],
    ['.', null],
    ['abc', null],
    ['1,200', null],
    ['1e999', null],
    ['9'.repeat(101), null],
    [`${'9'.repeat(50_000)}x`, null],
    ['Infinity', null],
  ])('%j is exactly %j', (value, decimal) => {
    expect(toDecimal(value)).toBe(decimal);
  });
});

describe('a deal', () => {
  it('has its amount in its own currency, else in the default one', () => {
    expect(deal({ amount: '10', deal_currency_code: 'JPY' }).amount).toEqual({
      amount: '10',
      currency: 'JPY',
    });
    expect(deal({ amount: '10', deal_currency_code: null }).amount).toEqual({
      amount: '10',
      currency: 'EUR',
    });
  });

  it.each([
    [{ amount: '' }],
    [{ amount: null }],
    [{ amount: 'a lot' }],
    [{ amount: '10', deal_currency_code: 'XXQ' }],
  ])('has no amount if it is unknown: %j', (properties) => {
    expect(deal(properties).amount).toBeNull();
  });

  it.each([
    ['2026-03-01T23:59:59.999Z', '2026-03-01'],
    ['2026-03-01', '2026-03-01'],
    ['1772323200000', '2026-03-01'],
    ['', null],
    ['soon', null],
    [null, null],
  ])('that closes at %j closes on %j', (closedate, closesOn) => {
    expect(deal({ closedate }).closesOn).toBe(closesOn);
  });

  it.each([
    ['0.200000000000000011102230246251565404236316680908203125', 0.2],
    ['1.0', 1],
    ['0', 0],
    ['', null],
    ['2', null],
    ['likely', null],
    [null, null],
  ])('of probability %j has %j', (value, probability) => {
    expect(deal({ hs_deal_stage_probability: value }).probability).toBe(probability);
  });
});

describe('a customer', () => {
  it.each([
    [{ firstname: 'Ada', lastname: 'Lovelace' }, 'Ada Lovelace'],
    [{ firstname: ' Ada ', lastname: '' }, 'Ada'],
    [{ firstname: null, lastname: 'Lovelace' }, 'Lovelace'],
    [{}, null],
  ])('of %j is called %j', (properties, name) => {
    expect(customer(properties).name).toBe(name);
  });

  it('is linked by e-mail only if no property has the processor’s id', () => {
    expect(customer({ email: 'a@example.com', stripe_id: 'cus_1' }).billingLink).toEqual({
      reference: null,
      emails: ['a@example.com'],
    });
    expect(
      toCustomer(wireRecord(1, { stripe_id: 'cus_1' }), {
        ...SETTINGS,
        referenceProperty: 'stripe_id',
      }).billingLink,
    ).toEqual({
      reference: 'cus_1',
      emails: [],
    });
  });

  it('is linked by all of its addresses, each once and in lower case, the main one first', () => {
    const emails = {
      email: 'Pat@Example.com',
      hs_additional_emails: 'old@example.com; PAT@example.com;',
    };
    expect(customer(emails).billingLink.emails).toEqual(['pat@example.com', 'old@example.com']);
  });
});

describe('an address', () => {
  it('has its country’s code from HubSpot, else from the country’s name', () => {
    const parts = {
      address: '1 Main St',
      city: 'Ulm',
      state: 'BW',
      zip: '89073',
      country: 'Germany',
    };
    expect(customer(parts).address).toEqual({
      line1: '1 Main St',
      line2: null,
      city: 'Ulm',
      region: 'BW',
      postalCode: '89073',
      country: 'Germany',
      countryCode: 'DE',
      formatted: '1 Main St, Ulm, BW 89073, Germany',
    });
    expect(
      customer({ city: 'Wien', country: 'Österreich', hs_country_region_code: 'AT' }).address
        ?.countryCode,
    ).toBe('AT');
    expect(
      toCompany(wireRecord(1, { city: 'Wien', hs_country_code: 'AT' })).address?.countryCode,
    ).toBe('AT');
    expect(customer({ city: 'Wien', country: 'Österreich' }).address?.countryCode).toBeNull();
  });

  it('is null without any known part, and the same text for the same parts', () => {
    expect(customer({ city: '', hs_country_region_code: 'DE' }).address).toBeNull();
    const [one, other] = [
      { address: ' 1 Main St', city: 'Ulm' },
      { address: '1  Main St ', city: 'Ulm ' },
    ].map((parts) => customer(parts).address?.formatted);
    expect(one).toBe(other);
  });
});
