import { describe, expect, it } from '@jest/globals';
import { openStripe } from './stripe-requests.ts';

let time = 0;
const stripe = openStripe(() => time);
const MINUTE = 60_000;

const search = (query: string, more = '') =>
  stripe.ask(`/v1/customers/search?query=${encodeURIComponent(query)}${more}`);
const idsOf = (query: string) =>
  (search(query).body as { data: { id: string }[] }).data.map(({ id }) => id); // A search result.
const create = (email: string, name = 'Searched') =>
  stripe.object(stripe.write('/v1/customers', { email, name })).id;

const mixed = create('Pat.Doe@Search.example');
const longer = create('pat.doe@search.example.org');
const quoted = create('"pat"@quotes.example');
time += MINUTE;

describe("the sandbox's search of customers", () => {
  it('ignores case and finds longer addresses with the same words, where the list filter is exact', () => {
    expect(idsOf('email:"pat.doe@search.example"')).toEqual([longer, mixed]);
    expect(stripe.list('/v1/customers?email=pat.doe%40search.example').data).toEqual([]);
    expect(stripe.list('/v1/customers?email=Pat.Doe%40Search.example').data).toHaveLength(1);
  });

  it('finds a part of a text by ~, and text with an escaped quote', () => {
    expect(idsOf('email~"OE@SEARCH"')).toEqual([longer, mixed]);
    expect(idsOf(String.raw`email:"\"pat\"@quotes.example"`)).toEqual([quoted]);
    expect(idsOf("email:'pat quotes example'")).toEqual([quoted]);
  });

  it('joins up to ten clauses by OR, or by AND', () => {
    const one = 'email:"nobody@search.example"';
    expect(
      idsOf([...Array<string>(9).fill(one), 'email:"pat@quotes.example"'].join(' OR ')),
    ).toEqual([quoted]);
    expect(idsOf('name:"searched" AND -email:"pat.doe@search.example"')).toEqual([quoted]);
    expect(idsOf('name:"searched" email:"quotes"')).toEqual([quoted]);
  });

  it('finds a write after a minute, while the list has it immediately', () => {
    const id = create('late@search.example');
    expect(stripe.list('/v1/customers?email=late%40search.example').data).toHaveLength(1);
    expect(idsOf('email:"late@search.example"')).toEqual([]);
    time += MINUTE - 1;
    expect(idsOf('email:"late@search.example"')).toEqual([]);
    time += 1;
    expect(idsOf('email:"late@search.example"')).toEqual([id]);
    stripe.write(`/v1/customers/${id}`, { email: 'moved@search.example' });
    expect(idsOf('email:"moved@search.example"')).toEqual([]);
    time += MINUTE;
    expect(idsOf('email:"moved@search.example"')).toEqual([id]);
  });

  it('returns pages by tokens', () => {
    const first = search('email~"search.example"', '&limit=2').body as {
      object: string;
      data: { id: string }[];
      has_more: boolean;
      next_page: string;
    }; // A search result.
    expect(first).toMatchObject({ object: 'search_result', has_more: true });
    const next = search('email~"search.example"', `&page=${encodeURIComponent(first.next_page)}`);
    expect(next.body).toMatchObject({ has_more: false, next_page: null });
    const { data } = next.body as { data: { id: string }[] }; // The same.
    expect([...first.data, ...data].map(({ id }) => id)).toEqual(idsOf('email~"search.example"'));
  });

  it.each([
    ['no query', '/v1/customers/search', 'Missing required param: query.'],
    ['eleven clauses', Array<string>(11).fill('email:"a"').join(' OR '), 'at most 10 clauses'],
    ['AND beside OR', 'email:"a" OR email:"b" AND email:"c"', 'unable to parse'],
    ['a backslash that escapes no quote', String.raw`email:"a\b"`, 'unable to parse'],
    ['an open quote', 'email:"a', 'unable to parse'],
    ['a value without quotes', 'email:a', 'unable to parse'],
    ['a part of two characters', 'email~"ab"', 'unable to parse'],
    ['nothing', ' ', 'unable to parse'],
    ['a field that is not searched', 'colour:"red"', 'Field `colour` is an unsupported'],
  ])('refuses %s', (_what, query, message) => {
    const answer = query.startsWith('/') ? stripe.ask(query) : search(query);
    expect(stripe.refusal(answer)).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(message),
    });
  });

  it('is not offered to an account in India', () => {
    const answer = stripe.ask('/v1/customers/search?query=email:%22a%22', {
      authorization: 'Bearer sk_test_india',
    });
    expect(stripe.refusal(answer)).toMatchObject({
      status: 400,
      message: 'The search feature is temporarily unavailable in your region.',
    });
  });

  it('allows twenty calls a second, five fewer than all others together', () => {
    stripe.sandboxVendor.limits = true;
    for (let calls = 0; calls < 20; calls += 1)
      expect(search('email:"a@search.example"').status).toBe(200);
    expect(search('email:"a@search.example"')).toMatchObject({
      status: 429,
      headers: { 'stripe-rate-limited-reason': 'endpoint-rate' },
    });
    expect(stripe.ask('/v1/customers').status).toBe(200);
    stripe.sandboxVendor.limits = false;
  });
});
