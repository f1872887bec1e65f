import { describe, expect, it } from '@jest/globals';
import { Redactor } from '../../../gateway/connector-tests/redact.ts';
import { parseJson, stringifyJson } from '../../../subgraphs/connect/mapping/json.ts';
import type { Value } from '../../../subgraphs/connect/mapping/values.ts';

const redact = (value: Value, keep: readonly string[] = [], secrets: readonly string[] = []) =>
  new Redactor({ secrets, keep }).value(value, []);

const ACCESS_TOKEN = ['AbCdEf0123456789', 'GhIjKl0123456789'].join('');
const STRIPE_LIKE = ['sk', 'live', 'a1B2c3D4e5F6g7H8'].join('_');

describe('a recording', () => {
  it.each<[string, Value, Value]>([
    ['a token', { access_token: 'abc' }, { access_token: 'redacted' }],
    ['a key in camel case', { apiKey: 'abc' }, { apiKey: 'redacted' }],
    ['a numeric PIN', { pin: 1234 }, { pin: 0 }],
    [
      'all that is under credentials',
      { credentials: { user: 'u', scopes: ['a'], active: true } },
      { credentials: { user: 'redacted', scopes: ['redacted'], active: true } },
    ],
    ['a bearer token in a text', { note: 'Bearer abcdefgh12' }, { note: 'redacted' }],
    [
      'the key of a vendor in a text',
      { note: `use ${STRIPE_LIKE} now` },
      { note: 'use redacted now' },
    ],
    ['a random text', { ref: ACCESS_TOKEN }, { ref: 'redacted' }],
    [
      'a token in a URL',
      { next: 'https://a.example/x?page=2&access_token=abc&z=1' },
      { next: 'https://a.example/x?page=2&access_token=redacted&z=1' },
    ],
    [
      'a password in a URL',
      { next: 'https://ann:pass@a.example/x' },
      { next: 'https://a.example/x' },
    ],
    ['an e-mail address', { to: 'Ann.Ek@shop.example' }, { to: 'person1@example.com' }],
    [
      'an e-mail address in a text and in a URL',
      { a: 'from ann@x.example, again', b: '/users?email=ann%40x.example' },
      { a: 'from person1@example.com, again', b: '/users?email=person1%40example.com' },
    ],
    [
      'a phone number, with its signs',
      { phone: '+46 70-123 45 67', note: 'call +1 (202) 555-0143' },
      { phone: '+55 55-555 55 51', note: 'call +5 (555) 555-5552' },
    ],
    [
      'names of persons',
      { firstName: 'Ann', last_name: 'Ek', customer: { name: 'Ann Ek' } },
      { firstName: 'Person 1', last_name: 'Person 2', customer: { name: 'Person 3' } },
    ],
    [
      'the name beside an e-mail address',
      [{ name: 'Ann', email: 'a@x.example' }],
      [{ name: 'Person 1', email: 'person1@example.com' }],
    ],
    [
      'a street and a postal code',
      { street: 'Storgatan 1', zip: '111 22' },
      { street: '1 Example Street', zip: '000 01' },
    ],
    ['a date of birth', { date_of_birth: '1984-05-06' }, { date_of_birth: '2000-01-01' }],
    ['an IBAN', { iban: 'DE89370400440532013000' }, { iban: 'XX00000000000000000001' }],
    ['an IP address', { ip_address: '203.0.113.9' }, { ip_address: '192.0.2.1' }],
    ['an e-mail address as a key', { 'a@x.example': 1 }, { 'person1@example.com': 1 }],
  ])('has no %s', (_what, input, expected) => {
    expect(redact(input)).toEqual(expected);
  });

  it.each<[string, Value]>([
    ['names of things', { name: 'Desk lamp', product: { name: 'Lamp' }, file_name: 'a.pdf' }],
    [
      'ids, dates, amounts and addresses of pages',
      {
        id: '2f1c9a7e-6f1b-4d53-9f55-0b6a2f0c1d2e',
        at: '2026-03-12T10:00:00+02:00',
        total: '99.00',
        url: 'https://a.example/products/1?page=2',
        hash: 'd41d8cd98f00b204e9800998ecf8427e',
      },
    ],
    ['nulls and empty texts', { email: null, phone: '', token: null }],
  ])('keeps %s', (_what, input) => {
    expect(redact(input)).toEqual(input);
  });

  it('has the same invented value for the same value, whatever its case', () => {
    expect(
      redact([{ email: 'a@x.example' }, { to: 'A@X.example' }, { email: 'b@x.example' }]),
    ).toEqual([
      { email: 'person1@example.com' },
      { to: 'person1@example.com' },
      { email: 'person2@example.com' },
    ]);
  });

  it('keeps what --keep names, but never a credential of the source', () => {
    const value = { orders: [{ email: 'ann@x.example', note: 'by ann@x.example with s3cret+' }] };
    expect(redact(value, ['orders.email', 'orders.note'], ['s3cret+'])).toEqual({
      orders: [{ email: 'ann@x.example', note: 'by ann@x.example with redacted' }],
    });
  });

  it('has no credential of the source, as it is, encoded for a URL or as base64', () => {
    const secret = 's3cret+&';
    const base64 = Buffer.from(secret).toString('base64');
    expect(
      redact({ a: `x${secret}y`, b: encodeURIComponent(secret), c: base64 }, [], [secret]),
    ).toEqual({ a: 'xredactedy', b: 'redacted', c: 'redacted' });
  });

  it('keeps the digits of large integers, and __proto__ as a key', () => {
    const text = '{"id":12345678901234567890,"__proto__":{"email":"a@x.example"}}';
    expect(stringifyJson(redact(parseJson(text) ?? null))).toBe(
      '{"id":12345678901234567890,"__proto__":{"email":"person1@example.com"}}',
    );
  });
});
