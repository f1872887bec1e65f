import { describe, expect, it } from '@jest/globals';
import { expandPath, expandQuery } from '../../upstream/upstream-request.ts';

describe('a path template', () => {
  it.each([
    ['42', '/v1/things/42/parts'],
    ['../admin', '/v1/things/..%2Fadmin/parts'],
    ['a/b', '/v1/things/a%2Fb/parts'],
    ['%2f', '/v1/things/%252f/parts'],
    ['%2e%2e', '/v1/things/%252e%252e/parts'],
    ['a?b#c', '/v1/things/a%3Fb%23c/parts'],
    ['a b', '/v1/things/a%20b/parts'],
    ['{id}', '/v1/things/%7Bid%7D/parts'],
    ['é\r\nx: y', '/v1/things/%C3%A9%0D%0Ax%3A%20y/parts'],
    ['...', '/v1/things/.../parts'],
  ])('encodes %j in one segment', (id, expected) => {
    expect(expandPath({ path: '/v1/things/{id}/parts', params: { id } })).toBe(expected);
  });

  it.each(['', '.', '..'])('refuses %j, which would name another resource', (id) => {
    expect(() => expandPath({ path: '/v1/things/{id}', params: { id } })).toThrow(
      'The path /v1/things/{id} needs a value for id.',
    );
  });

  it('refuses a missing value', () => {
    expect(() => expandPath({ path: '/v1/{type}/{id}', params: { type: 'a' } })).toThrow(
      'The path /v1/{type}/{id} needs a value for id.',
    );
  });

  it('needs no values without placeholders, and does not change colons', () => {
    expect(expandPath({ path: '/directions/v2:computeRoutes' })).toBe(
      '/directions/v2:computeRoutes',
    );
  });
});

describe('a query', () => {
  it('omits undefined values and repeats the name of a list', () => {
    const query = {
      a: 'x',
      none: undefined,
      list: ['1', '2'],
      empty: [],
      no: false,
      zero: 0,
      text: '',
    };
    expect(expandQuery(query)).toBe('?a=x&list=1&list=2&no=false&zero=0&text=');
  });

  it('is empty without parameters', () => {
    expect(expandQuery({})).toBe('');
  });

  it('encodes any text, a lone surrogate too', () => {
    const text = 'a&b=c#d?e+f g%h/ä"\u{1f600}';
    const query = expandQuery({ 'x[]': [text], half: '\ud83d' });
    expect([...new URLSearchParams(query)]).toEqual([
      ['x[]', text],
      ['half', '\ufffd'],
    ]);
  });
});
