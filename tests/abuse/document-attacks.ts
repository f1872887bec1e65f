import { type Attack, type AttackRow, graphql, times, toAttack } from './attack.ts';

/** Company, its people, their company, ... */
const around = (levels: number, inner = 'id', list = 'customers(first: 1) { nodes') =>
  `${times(levels, (level) => (level % 2 === 0 ? `${list} {` : 'company {'))} ${inner} ${times(levels, (level) => (level % 2 === 0 ? '} }' : '}'))}`;

const company = (selections: string) => `{ company(id: "1") { ${selections} } }`;

/** Each fragment spreads the next one twice, so that a line more doubles the fields. */
const bomb = (levels: number, twice: (inner: string) => string) =>
  `${company('...F0')} ${times(levels, (level) => `fragment F${String(level)} on Company { ${twice(`...F${String(level + 1)}`)} }`)} fragment F${String(levels)} on Company { id }`;

const DEEP: readonly AttackRow[] = [
  [
    'a circle of types, deeper than is allowed',
    graphql(company(around(40))),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'lists within lists, whose answer would be huge',
    graphql(company(around(6, 'id', 'customers(first: 100) { nodes'))),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'inline fragments within each other',
    graphql(company(`${'... { '.repeat(1000)} id ${'}'.repeat(1000)}`)),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'brackets that are never closed',
    graphql(`{ company(id: ${'['.repeat(1000)}`),
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'more brackets than a stack has room for',
    graphql(`{ company(id: ${'['.repeat(90_000)}`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'lists of lists as a value',
    graphql(`{ company(id: ${'['.repeat(1900)}${']'.repeat(1900)}) { id } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'objects of objects as a value',
    graphql(`{ customers(filter: ${'{city:'.repeat(900)}1${'}'.repeat(900)}) { nodes { id } } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a type of lists of lists',
    graphql(`query ($id: ${'['.repeat(1900)}ID${']'.repeat(1900)}) { company(id: $id) { id } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
];

const WIDE: readonly AttackRow[] = [
  [
    'more fields than are allowed',
    graphql(company(times(1001, () => 'id'))),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'more root fields than are allowed',
    graphql(`{ ${times(51, () => '__typename')} }`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'root fields that would take thousands of calls',
    graphql(
      `{ ${times(50, (n) => `a${String(n)}: customers(first: 100, search: "${String(n)}") { nodes { payments(first: 100) { nodes { id } } } }`)} }`,
    ),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'many operations in one text',
    graphql(times(500, (n) => `query Q${String(n)} { __typename }`)),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'many operations without a name',
    graphql(times(500, () => '{ __typename }')),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'many fragments in one place, each to be compared with each',
    graphql(`
      ${company(times(330, (n) => `...F${String(n)}`))}
      ${times(330, (n) => `fragment F${String(n)} on Company { id }`)}
    `),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'many fragments that nobody uses',
    graphql(`
      {
        __typename
      }
      ${times(400, (n) => `fragment F${String(n)} on Company { id }`)}
    `),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'many fragments of the same name',
    graphql(`
      ${company('...F')}
      ${times(400, () => 'fragment F on Company { id }')}
    `),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'many variables that nobody uses',
    graphql(`query (${times(600, (n) => `$v${String(n)}: Int`)}) { __typename }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'many fields that do not exist',
    graphql(company(times(900, (n) => `nam${String(n)}`))),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['one field many times', graphql(company(times(500, () => 'id'))), 400, 'OPERATION_TOO_COMPLEX'],
  [
    'one object many times',
    graphql(company(times(150, () => 'address { city country }'))),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'one field with arguments that cannot both be',
    graphql(company(times(100, (n) => `customers(first: ${String(n)}) { nodes { id } }`))),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
];

const ALIASES_AND_DIRECTIVES: readonly AttackRow[] = [
  [
    'aliases of a field',
    graphql(company(times(501, (n) => `a${String(n)}: id`))),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'aliases of __typename, which some do not count',
    graphql(company(times(501, (n) => `a${String(n)}: __typename`))),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'aliases of a root field',
    graphql(`{ ${times(101, (n) => `a${String(n)}: company(id: "${String(n)}") { id }`)} }`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'aliases of a root field through fragments',
    graphql(
      `{ ${times(11, () => '...F')} } fragment F on Query { ${times(10, (n) => `a${String(n)}: company(id: "1") { id }`)} }`,
    ),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'a mutation under many aliases',
    graphql(
      `mutation { ${times(51, (n) => `a${String(n)}: createDeal(input: { title: "x" }) { deal { id } }`)} }`,
    ),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'directives that exist',
    graphql(`{ __typename ${times(101, () => '@include(if: true)')} }`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'directives that do not exist',
    graphql(`{ __typename ${times(90, (n) => `@a${String(n)}`)} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'one directive again and again',
    graphql(`{ __typename ${times(90, () => '@skip(if: false)')} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'directives on variables',
    graphql(`query (${times(101, (n) => `$v${String(n)}: Int @a`)}) { __typename }`),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'directives of the server itself',
    graphql('{ company(id: "1") @requiresScopes(scopes: []) { id } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
];

const FRAGMENTS: readonly AttackRow[] = [
  [
    'a kilobyte that becomes 2^10 fields under two names',
    graphql(bomb(10, (inner) => `a: ${around(2, inner)} b: ${around(2, inner)}`)),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    '2^20 fields under two names',
    graphql(bomb(20, (inner) => `a: ${around(2, inner)} b: ${around(2, inner)}`)),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    '2^10 fields under one name',
    graphql(bomb(10, (inner) => `${around(2, inner)} ${around(2, inner)}`)),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    '2^20 fields in one place',
    graphql(bomb(20, (inner) => `${inner} ${inner}`)),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
  [
    'a fragment that spreads itself',
    graphql(`
      ${company('...A')}
      fragment A on Company {
        ...A
      }
    `),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'fragments that spread each other',
    graphql(`
      ${company('...A')}
      fragment A on Company {
        ...B
      }
      fragment B on Company {
        id
        ...A
      }
    `),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a circle of fragments that goes through fields',
    graphql(`${company('...A')} fragment A on Company { ${around(2, '...A')} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a circle of fragments that nobody enters',
    graphql('{ __typename } fragment A on Company { ...B } fragment B on Company { ...A }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a long circle of fragments',
    graphql(`
      ${company('...F0')}
      ${times(300, (n) => `fragment F${String(n)} on Company { ...F${String((n + 1) % 300)} }`)}
    `),
    400,
    'OPERATION_TOO_COMPLEX',
  ],
];

const INTROSPECTION: readonly AttackRow[] = [
  [
    'the whole schema',
    graphql('{ __schema { types { name fields { name } } } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'one type',
    graphql('{ __type(name: "Customer") { fields { name } } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'the schema under another name, in a fragment',
    graphql('{ ...F } fragment F on Query { x: __schema { queryType { name } } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'the schema where it is skipped',
    graphql('query ($no: Boolean = true) { __schema @skip(if: $no) { queryType { name } } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a circle in the schema',
    graphql(`{ __schema { types { ${'fields { type { '.repeat(20)} name ${'} }'.repeat(20)} } } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['what only a subgraph shows', graphql('{ _service { sdl } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'objects by what joins subgraphs',
    graphql('{ _entities(representations: [{ __typename: "Customer", id: "1" }]) { __typename } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'links that are hidden',
    graphql('{ customer(id: "1") { billingLink { emails } } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
];

/** An operation that is not run, for its cursor is not one: what is left is reading, checking and compiling it. */
const notRun = (variables: string, selections: string) =>
  `query (${variables}) { companies(first: 1, after: "none") { nodes { ${selections} } } }`;

const leaves = (from: number, count: number) => times(count, (n) => `f${String(from + n)}: name`);

/** People of companies of people, and hundreds of fields. */
const large = times(
  4,
  (n) =>
    `${leaves(n * 200, 100)} customers(first: 1) { nodes { ${leaves(n * 200 + 100, 20)} company {`,
);
const LARGE = `${large} id ${'} } }'.repeat(4)}`;

const ALLOWED: readonly AttackRow[] = [
  [
    'a text that is as large as may be, and another each time',
    (time) =>
      graphql(notRun('$yes: Boolean = true', `t${String(time)}: name @include(if: $yes) ${LARGE}`)),
    200,
    'BAD_USER_INPUT',
  ],
  [
    'one large text with other conditions each time',
    (time) => {
      const names = Array.from({ length: 16 }, (_, bit) => `c${String(bit)}`);
      const variables = Object.fromEntries(
        names.map((name, bit) => [name, (time & (1 << bit)) !== 0]),
      );
      const conditional = times(
        16,
        (bit) => `b${String(bit)}: name @include(if: $c${String(bit)})`,
      );
      return graphql(
        notRun(
          times(16, (bit) => `$c${String(bit)}: Boolean!`),
          `${conditional} ${LARGE}`,
        ),
        { variables },
      );
    },
    200,
    'BAD_USER_INPUT',
  ],
];

/** What a text itself can do. */
export const DOCUMENT_ATTACKS: readonly Attack[] = [
  ...DEEP,
  ...WIDE,
  ...ALIASES_AND_DIRECTIVES,
  ...FRAGMENTS,
  ...INTROSPECTION,
  ...ALLOWED,
].map(toAttack);
