import { describe, expect, it } from '@jest/globals';
import { countryCodeOf, formatAddress } from '../../subgraphs/postal-address.ts';

const NOTHING = {
  line1: null,
  line2: null,
  city: null,
  region: null,
  postalCode: null,
  country: null,
};

describe('an address on one line', () => {
  it.each([
    [
      {
        line1: '1 Main St',
        line2: 'Apt 2',
        city: 'Springfield',
        region: 'IL',
        postalCode: '62701',
        country: 'United States',
      },
      '1 Main St, Apt 2, Springfield, IL 62701, United States',
    ],
    [{ ...NOTHING, city: 'Ulm', postalCode: '89073' }, 'Ulm, 89073'],
    [{ ...NOTHING, country: 'Germany' }, 'Germany'],
    [{ ...NOTHING, line1: '  1  Main\nSt ', city: '' }, '1 Main St'],
    [NOTHING, null],
    [{ ...NOTHING, city: ' ' }, null],
  ])('contains the known parts of %j', (parts, formatted) => {
    expect(formatAddress(parts)).toBe(formatted);
  });
});

describe('the code of a country', () => {
  it.each([
    ['DE', 'DE'],
    ['de ', 'DE'],
    ['Germany', 'DE'],
    ['united  states', 'US'],
    ['USA', 'US'],
    ['UK', 'GB'],
    ['Bosnia and Herzegovina', 'BA'],
    ["Cote d'Ivoire", 'CI'],
    ['The Netherlands', 'NL'],
    ['Czech Republic', 'CZ'],
    ['Deutschland', null],
    ['ZZ', null],
    ['', null],
    [`Germany${' '.repeat(100)}`, null],
    ['\u0301\u0316'.repeat(50_000), null],
    [null, null],
  ])('of %j is %j', (country, code) => {
    expect(countryCodeOf(country)).toBe(code);
  });
});
