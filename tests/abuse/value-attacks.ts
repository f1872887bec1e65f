import { type Attack, type AttackRow, graphql, times, toAttack } from './attack.ts';

const COMPANY = 'query ($id: ID!) { company(id: $id) { id } }';
const PAGE = 'query ($first: Int!) { companies(first: $first) { nodes { id } } }';
const AFTER = 'query ($after: String) { companies(first: 1, after: $after) { nodes { id } } }';
const FILTER = 'query ($filter: CompanyFilter) { companies(filter: $filter) { nodes { id } } }';
const BY_EMAIL = 'query ($email: String!) { customerByEmail(email: $email) { id } }';
const GEOCODE = 'query ($address: String!) { geocode(address: $address) { id } }';
const TYPENAME = '{ __typename }';

/** A request whose JSON an object of JavaScript could not hold. */
const json = (query: string, variables: string) => ({
  body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
});

const text = (length: number) => 'x'.repeat(length);
const keys = (count: number, end = '') =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${String(n)}${end}`, 1]));
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const cursor = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const HUGE: readonly AttackRow[] = [
  [
    'a body that is too large',
    graphql(TYPENAME, { variables: { x: text(256 * 1024) } }),
    413,
    'PAYLOAD_TOO_LARGE',
  ],
  [
    'variables that nobody asked for, in a body just small enough',
    graphql(TYPENAME, { variables: { x: text(250_000) } }),
    200,
    null,
  ],
  [
    'an object with a thousand wrong keys',
    graphql(FILTER, { variables: { filter: keys(1000, text(80)) } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a text of 90 kB where a number belongs',
    graphql(PAGE, { variables: { first: text(90_000) } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a text of 250 kB where a number belongs',
    graphql(PAGE, { variables: { first: text(250_000) } }),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  ['an id of 90 kB', graphql(COMPANY, { variables: { id: text(90_000) } }), 200, 'BAD_USER_INPUT'],
  [
    'a page of fifty thousand cursors',
    graphql(AFTER, { variables: { after: Array.from({ length: 50_000 }, () => 'x') } }),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'an object with twenty thousand keys',
    graphql(FILTER, { variables: { filter: keys(20_000) } }),
    400,
    'BAD_REQUEST',
  ],
  [
    'an object with as many keys as a body may have',
    graphql(FILTER, { variables: { filter: keys(9_990) } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a variable of 1,800 lists within each other',
    json(COMPANY, `{"id":${nested(1800)}}`),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a variable of 120,000 lists within each other',
    json(COMPANY, `{"id":${nested(120_000)}}`),
    400,
    'BAD_REQUEST',
  ],
  [
    '120,000 lists within each other that nobody asked for',
    json(TYPENAME, `{"x":${nested(120_000)}}`),
    400,
    'BAD_REQUEST',
  ],
  [
    'objects within each other behind a text with brackets',
    { body: `{"query":"\\"]]]","x":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}` },
    400,
    'BAD_REQUEST',
  ],
  ['JSON that is never closed', { body: '['.repeat(250_000) }, 400, 'BAD_REQUEST'],
  [
    'a text of 100 kB in the document',
    graphql(`{ company(id: "${text(100_000)}") { id } }`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'a text of many lines in the document',
    graphql(`{ company(id: """${'\n '.repeat(49_000)}""") { id } unknown }`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'texts of just as many lines',
    graphql(`{ company(id: """${'\r\n '.repeat(4900)}""") { id } unknown }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a name of 90 kB', graphql(`{ ${text(90_000)} }`), 400, 'OPERATION_TOO_COMPLEX'],
  [
    'an enum value of 90 kB',
    graphql(`{ companies(sort: { field: ${text(90_000)} }) { nodes { id } } }`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'a comment of 100 kB',
    graphql(`{ __typename } #${text(100_000)}`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'an operation name of 200 kB',
    graphql(TYPENAME, { operationName: text(200_000) }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'a list of thousands in the document',
    graphql(`{ company(id: [${times(3900, () => '1')}]) { id } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
];

const INVOICE =
  'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }';
const ACCOUNT =
  'mutation ($input: CreateBillingAccountInput!) { createBillingAccount(input: $input) { billingAccount { id } } }';
const DEAL = 'mutation ($input: CreateDealInput!) { createDeal(input: $input) { deal { id } } }';
const CHECKOUT =
  'mutation ($input: CreateCheckoutSessionInput!) { createCheckoutSession(input: $input) { checkoutSession { id } } }';

const line = (amount: string, currency = 'EUR') => ({
  description: 'x',
  quantity: 1,
  unitAmount: { amount, currency },
});
const invoice = (amount: string, currency?: string) => ({
  variables: {
    input: { billingAccountId: 'cus_1', lines: [line(amount, currency)], dueOn: '2030-01-01' },
  },
});
const zeros = `0.${'0'.repeat(95_000)}1`;

/** Texts that something could look at again from each of their characters. */
const TEXTS: readonly AttackRow[] = [
  [
    'an operation name that looks like what errors suggest',
    graphql(TYPENAME, { operationName: 'Did you mean '.repeat(19_000) }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'an operation name that is as long as may be',
    graphql(TYPENAME, { operationName: 'a? '.repeat(333) }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  ['an amount with 95,000 zeros', graphql(INVOICE, invoice(zeros)), 400, 'BAD_USER_INPUT'],
  [
    'an amount with 95,000 zeros in the document',
    graphql(INVOICE.replace('$input)', `{lines:[{unitAmount:{amount:"${zeros}"}}]})`)),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an amount of a deal with 95,000 zeros',
    graphql(DEAL, {
      variables: { input: { title: 'x', amount: { amount: zeros, currency: 'EUR' } } },
    }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'an amount of a deal with a hundred zeros',
    graphql(DEAL, {
      variables: {
        input: { title: 'x', amount: { amount: `1${'0'.repeat(99)}`, currency: 'EUR' } },
      },
    }),
    200,
    'BAD_USER_INPUT',
  ],
  ['a currency of 95 kB', graphql(INVOICE, invoice('1', text(95_000))), 400, 'BAD_USER_INPUT'],
  [
    'a day of 95 kB',
    graphql(INVOICE, {
      variables: { input: { ...invoice('1').variables.input, dueOn: '9'.repeat(95_000) } },
    }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a time of 95 kB',
    graphql(
      'query ($from: DateTime) { customers(filter: { createdFrom: $from }) { nodes { id } } }',
      {
        variables: { from: `2026-01-01T00:00:00.${'0'.repeat(95_000)}` },
      },
    ),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a URL of 95 kB',
    graphql(CHECKOUT, {
      variables: {
        input: {
          billingAccountId: 'cus_1',
          lines: [line('1')],
          successUrl: `https://example.com/${'../'.repeat(30_000)}`,
        },
      },
    }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'an e-mail address of 95 kB',
    graphql(BY_EMAIL, { variables: { email: `${'a@'.repeat(47_000)}a` } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'an e-mail address of nothing but dots',
    graphql(BY_EMAIL, { variables: { email: `a@${'a.'.repeat(47_000)}` } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'an e-mail address of a billing account of 95 kB',
    graphql(ACCOUNT, { variables: { input: { email: text(95_000) } } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a phone number of 95 kB',
    graphql(ACCOUNT, { variables: { input: { name: 'x', phone: '0'.repeat(95_000) } } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a name of 95,000 blanks',
    graphql(ACCOUNT, { variables: { input: { name: ' '.repeat(95_000) } } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a key of 95,000 blanks',
    graphql(DEAL, { variables: { input: { title: 'x', idempotencyKey: ' '.repeat(95_000) } } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'an id of zeros',
    graphql(COMPANY, { variables: { id: '0'.repeat(95_000) } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'an id of a payment that goes on and on',
    graphql('query ($id: ID!) { payment(id: $id) { id } }', {
      variables: { id: `pi_${text(95_000)}` },
    }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a cursor of 95 kB',
    graphql(AFTER, { variables: { after: text(95_000) } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'words of 95 kB to search for',
    graphql('query ($search: String) { companies(search: $search) { nodes { id } } }', {
      variables: { search: '*a'.repeat(47_000) },
    }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'an address of 95,000 blanks',
    graphql(GEOCODE, { variables: { address: `a${' '.repeat(95_000)}a` } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'an address of nothing but accents',
    graphql(GEOCODE, { variables: { address: `a${'\u0301\u0316'.repeat(47_000)}` } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a city of 95 kB',
    graphql(FILTER, { variables: { filter: { city: ' '.repeat(95_000) } } }),
    200,
    'BAD_USER_INPUT',
  ],
];

const NUMBERS: readonly AttackRow[] = [
  ['a number beyond all numbers', json(PAGE, '{"first":1e999999}'), 400, 'BAD_USER_INPUT'],
  [
    'a number of 100,000 digits',
    json(PAGE, `{"first":${'9'.repeat(100_000)}}`),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a number with 100,000 digits behind the point',
    json(PAGE, `{"first":1.${'3'.repeat(100_000)}}`),
    400,
    'BAD_USER_INPUT',
  ],
  ['a number beyond 32 bits', json(PAGE, '{"first":4294967297}'), 400, 'OPERATION_TOO_COMPLEX'],
  [
    'a number of 90,000 digits in the document',
    graphql(`{ companies(first: ${'9'.repeat(90_000)}) { nodes { id } } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an id that is a number beyond all numbers',
    json(COMPANY, '{"id":1e400}'),
    400,
    'BAD_USER_INPUT',
  ],
  ['a page of less than nothing', json(PAGE, '{"first":-2147483648}'), 200, 'BAD_USER_INPUT'],
  ['a number that JSON does not have', json(PAGE, '{"first":NaN}'), 400, 'BAD_REQUEST'],
  [
    'a page of more than a page has',
    json(PAGE, '{"first":2147483647}'),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
];

const PROTOTYPES: readonly AttackRow[] = [
  [
    '__proto__ among the variables',
    json(TYPENAME, '{"__proto__":{"isAuthenticated":true}}'),
    400,
    'BAD_REQUEST',
  ],
  [
    '__proto__ in a variable',
    json(FILTER, '{"filter":{"__proto__":{"city":"x"}}}'),
    400,
    'BAD_REQUEST',
  ],
  [
    '__proto__ in other letters',
    json(TYPENAME, '{"\\u005f\\u005fproto\\u005f\\u005f":{"x":1}}'),
    400,
    'BAD_REQUEST',
  ],
  [
    'the prototype of a constructor',
    json(TYPENAME, '{"constructor":{"prototype":{"x":1}}}'),
    400,
    'BAD_REQUEST',
  ],
  [
    '__proto__ among the extensions',
    { body: '{"query":"{ __typename }","extensions":{"__proto__":{"persistedQuery":1}}}' },
    400,
    'BAD_REQUEST',
  ],
  [
    '__proto__ beside the query',
    { body: '{"query":"{ __typename }","__proto__":{"query":"{ a }"}}' },
    400,
    'BAD_REQUEST',
  ],
  [
    '__proto__ by GET',
    {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(TYPENAME)}&variables=${encodeURIComponent('{"__proto__":{"x":1}}')}`,
      headers: { 'apollo-require-preflight': '1' },
    },
    200,
    null,
  ],
  [
    '__proto__ as an input field',
    graphql('{ companies(filter: { __proto__: { city: "x" } }) { nodes { id } } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['__proto__ as a field', graphql('{ __proto__ { id } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'what every object has as a field',
    graphql('{ company(id: "1") { constructor toString hasOwnProperty } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'what every object has as a type',
    graphql('{ ... on constructor { id } ... on __proto__ { id } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'what every object has as a directive',
    graphql('{ __typename @constructor @__proto__ }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'what every object has as a fragment',
    graphql('{ ...constructor ...__proto__ ...toString }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'what every object has as an operation',
    graphql(TYPENAME, { operationName: '__proto__' }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'what every object has as a variable',
    graphql('query ($constructor: ID!) { company(id: $constructor) { id } }'),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'what every object has as the size of a list',
    graphql('query ($toString: Int!) { companies(first: $toString) { nodes { id } } }'),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'what every object has as an enum value',
    graphql('query ($sort: CompanySort) { companies(sort: $sort) { nodes { id } } }', {
      variables: { sort: { field: 'constructor' } },
    }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    '__proto__ as another name of a field',
    graphql('{ __proto__: __typename constructor: __typename }'),
    200,
    null,
  ],
];

const CURSORS: readonly AttackRow[] = [
  [
    'a cursor that is nonsense',
    graphql(AFTER, { variables: { after: 'nonsense' } }),
    200,
    'BAD_USER_INPUT',
  ],
  ['an empty cursor', graphql(AFTER, { variables: { after: '' } }), 200, 'BAD_USER_INPUT'],
  [
    'a cursor of another list',
    graphql(AFTER, { variables: { after: cursor(['x', '0:1']) } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a cursor with a position of its own',
    graphql(AFTER, { variables: { after: cursor(['x', '../../admin?:1']) } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a cursor of 30,000 lists within each other',
    graphql(AFTER, { variables: { after: cursor(nested(30_000)) } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a cursor with __proto__',
    graphql(AFTER, { variables: { after: cursor('{"__proto__":["x","y"]}') } }),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'a cursor of bytes that are no text',
    graphql(AFTER, {
      variables: { after: Buffer.from([0xff, 0xfe, 0, 0xc0]).toString('base64url') },
    }),
    200,
    'BAD_USER_INPUT',
  ],
];

const UNICODE: readonly AttackRow[] = [
  ['a key with a Cyrillic letter', { body: '{"qu\u0435ry":"{ __typename }"}' }, 400, 'BAD_REQUEST'],
  ['a key in full width', { body: '{"\uff51uery":"{ __typename }"}' }, 400, 'BAD_REQUEST'],
  [
    'a key with a space of no width',
    { body: '{"que\u200bry":"{ __typename }"}' },
    400,
    'BAD_REQUEST',
  ],
  ['a key in capitals', { body: '{"QUERY":"{ __typename }"}' }, 400, 'BAD_REQUEST'],
  ['a key that is written with escapes', { body: '{"\\u0071uery":"{ __typename }"}' }, 200, null],
  [
    'a key twice, the harmless one first',
    { body: '{"query":"{ __typename }","query":"{ __schema { queryType { name } } }"}' },
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a variable whose name looks the same',
    graphql(COMPANY, { variables: { '\u0456d': '1' } }),
    400,
    'BAD_USER_INPUT',
  ],
  ['a field with a Cyrillic letter', graphql('{ __typen\u0430me }'), 400, 'GRAPHQL_PARSE_FAILED'],
  [
    'a field with a space of no width',
    graphql('{ __type\u200bname }'),
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'a text that runs from right to left',
    graphql('{ __typename \u202e }'),
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'half a character in the document',
    { body: '{"query":"{ __typename \\ud800 }"}' },
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'half a character in a text of the document',
    { body: '{"query":"{ company(id: \\"\\ud800\\") { unknown } }"}' },
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'an escape that stands for half a character',
    graphql('{ company(id: "\\ud800") { id } }'),
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
  ['a NUL in the document', graphql('{ __typename \u0000 }'), 400, 'GRAPHQL_PARSE_FAILED'],
  [
    'an input key with half a character',
    { body: `{"query":${JSON.stringify(FILTER)},"variables":{"filter":{"\\ud800city":"x"}}}` },
    400,
    'BAD_USER_INPUT',
  ],
  [
    'bytes that are no UTF-8, in Latin 1',
    {
      startLine: 'POST /graphql HTTP/1.1',
      lines: [
        'host: x',
        'connection: close',
        'content-type: application/json',
        'content-length: 29',
      ],
      body: '{"query":"{ __typename \xff\xfe }"}',
    },
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
];

/** What variables, literals and keys can do. */
export const VALUE_ATTACKS: readonly Attack[] = [
  ...HUGE,
  ...TEXTS,
  ...NUMBERS,
  ...PROTOTYPES,
  ...CURSORS,
  ...UNICODE,
].map(toAttack);
