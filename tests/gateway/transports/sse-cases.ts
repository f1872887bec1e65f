export interface SseCase {
  readonly name: string;
  /** @default 'POST' */
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly search?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

const QUERY = '{ __typename }';
const VARIABLE = 'query ($a: Boolean!) { __typename @skip(if: $a) }';
const TWO = 'query A { a: __typename } query B { b: __typename }';

const post = (name: string, body: object | string, headers?: SseCase['headers']): SseCase => ({
  name: `POST with ${name}`,
  body,
  ...(headers && { headers }),
});
const get = (name: string, search: Readonly<Record<string, string>>): SseCase => ({
  name: `GET with ${name}`,
  method: 'GET',
  search,
});

/** What GraphQL over SSE, in its distinct connections mode, says the same for every server. */
export const SSE_CASES: readonly SseCase[] = [
  post('a query', { query: QUERY }),
  post(
    'a query and its charset',
    { query: QUERY },
    { 'content-type': 'application/json; charset=utf-8' },
  ),
  post('a query with nulls', {
    query: QUERY,
    operationName: null,
    variables: null,
    extensions: null,
  }),
  post('a query with empty objects', { query: QUERY, variables: {}, extensions: {} }),
  post('a query with a variable', { query: VARIABLE, variables: { a: true } }),
  post('a query without its variable', { query: VARIABLE }),
  post('one of two operations', { query: TWO, operationName: 'B' }),
  post('a mutation', { query: 'mutation { __typename }' }),
  post('an unknown field', { query: '{ nothing }' }),
  post('two unknown fields', { query: '{ a b }' }),
  post('an unknown field of a subscription', { query: 'subscription { nothing }' }),
  post('an unknown field of a mutation', { query: 'mutation { nothing }' }),
  post('no parameters', {}),
  post('variables alone', { variables: {} }),
  post('a query of null', { query: null }),
  post('a query that is a number', { query: 1 }),
  post('a query that is an object', { query: {} }),
  post('variables that are text', { query: QUERY, variables: '{}' }),
  post('variables that are a list', { query: QUERY, variables: [] }),
  post('extensions that are text', { query: QUERY, extensions: 'a' }),
  post('extensions that are a list', { query: QUERY, extensions: [] }),
  post('a list', []),
  post('null', 'null'),
  post('text that is not JSON', '{'),
  post('no body', ''),
  post('a body of another type', 'query', { 'content-type': 'application/xml' }),
  get('a query', { query: QUERY }),
  get('a query with a variable', { query: VARIABLE, variables: '{"a":true}' }),
  get('one of two operations', { query: TWO, operationName: 'B' }),
  get('empty extensions', { query: QUERY, extensions: '{}' }),
  get('an unknown field', { query: '{ nothing }' }),
  get('no parameters', {}),
  get('variables that are not JSON', { query: QUERY, variables: '{' }),
  get('variables that are a list', { query: QUERY, variables: '[]' }),
  get('extensions that are not JSON', { query: QUERY, extensions: 'a' }),
  get('a mutation', { query: 'mutation { __typename }' }),
];
