import { describe, expect, it } from '@jest/globals';
import { readForm } from '../../sandbox/stripe/stripe-form.ts';

const read = (text: string): unknown =>
  JSON.parse(JSON.stringify(readForm(new URLSearchParams(text))));

describe('a form that Stripe parses', () => {
  it.each([
    ['created[gte]=1&limit=2', { created: { gte: '1' }, limit: '2' }],
    ['expand[]=a&expand[]=b', { expand: { 0: 'a', 1: 'b' } }],
    ['items[0][price]=p&items[0][quantity]=2', { items: { 0: { price: 'p', quantity: '2' } } }],
    ['constructor[a]=1', { constructor: { a: '1' } }],
    ['a=1&a[b]=2', { a: { b: '2' } }],
  ])('%s', (text, params) => {
    expect(read(text)).toEqual(params);
  });

  it('has at most eight levels, for any number of brackets', () => {
    expect(JSON.stringify(readForm([[`a${'[b]'.repeat(50_000)}`, '1']])).match(/\{/g)).toHaveLength(
      8,
    );
  });
});
