import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { runTestCommand } from '../../../gateway/connector-tests/test-command.ts';
import { HEAD } from '../../subgraphs/connect/start-connectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'connector-tests-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SDL = `${HEAD}
  @source(
    name: "shop"
    http: { baseURL: "https://shop.example.com/v1", headers: [{ name: "accept-language", value: "en" }] }
    errors: { message: "error.message" }
  )
type Query {
  product(id: ID!, limit: Int): Product
    @connect(
      id: "product_by_id"
      source: "shop"
      http: { GET: "/products/{$args.id}", queryParams: "limit: $args.limit" }
      selection: "id name: title price tags stock?"
    )
  search(text: String!, page: Int): [Product!]
    @connect(
      source: "shop"
      http: { POST: "/search", body: "text: $args.text page: $args.page" }
      selection: "$.items { id name: title }"
    )
  form(text: String!): String
    @connect(
      source: "shop"
      http: {
        POST: "/form"
        headers: [{ name: "content-type", value: "application/x-www-form-urlencoded" }, { name: "x-tenant", from: "x-tenant" }]
        body: "text: $args.text"
      }
      selection: "$.ok"
    )
}
type Product @key(fields: "id")
  @connect(
    source: "shop"
    http: { GET: "/products", queryParams: "ids: $batch.id->joinNotNull(',')" }
    selection: "$.items { id name: title price }"
  ) {
  id: ID!
  name: String
  price: Float
  tags: [String]
  stock: Int
}`;

/** Runs `tributary connect test` over one file. */
function run(yaml: string, ...args: readonly string[]) {
  writeFileSync(join(folder, 'shop.graphql'), SDL);
  const path = join(folder, 'shop.connector.yaml');
  writeFileSync(path, yaml);
  const out: string[] = [];
  const output = {
    write: (line: string) => out.push(line),
    report: (line: string) => out.push(line),
  };
  const code = runTestCommand([path, ...args], output);
  return { code, lines: out.map((line) => line.replaceAll(path, 'shop.connector.yaml').trim()) };
}

const CONFIG = 'config: { schema: ./shop.graphql, name: The shop }\ntests:\n';

/** One test with what it expects, which begins in line 9. */
const product = (expected: string, more = '') => `${CONFIG}  - name: a product
    target: Query.product
    variables: { $args: { id: p1, limit: 5 } }
    ${more}
    apiResponseBody: |
      { "id": "p1", "title": "Lamp", "price": 5.5, "tags": ["a", "b"] }
${expected}`;

describe('tributary connect test', () => {
  it('passes a test whose request and response are as expected, whatever their order', () => {
    const { code, lines } = run(
      product(`    expect:
      connectorRequest:
        url: https://shop.example.com/v1/products/p1?limit=5
        headers: { Accept-Language: en }
      connectorResponse: '{ "tags": ["a", "b"], "price": 5.5, "name": "Lamp", "id": "p1" }'`),
    );
    expect([code, lines]).toEqual([
      0,
      [
        'The shop',
        'ok   a product (Query.product)',
        'without a test: Query.search, Query.form, Product',
        '1 passed, 0 failed, 0 skipped',
      ],
    ]);
  });

  it('names each difference of a request with file and line', () => {
    const { code, lines } = run(
      product(`    expect:
      connectorRequest:
        method: POST
        url: https://shop.example.com/v1/products/p1?limit=6&x=1
        headers:
          accept-language: de
          x-a: b`),
    );
    expect(code).toBe(1);
    expect(lines.slice(2, -2)).toEqual([
      'shop.connector.yaml:11: expect.connectorRequest.method: expected the method POST, but got GET.',
      'shop.connector.yaml:12: expect.connectorRequest.url: expected the URL https://shop.example.com/v1/products/p1?limit=6&x=1, but got https://shop.example.com/v1/products/p1?limit=5.',
      'shop.connector.yaml:12: expect.connectorRequest.url: query parameter limit: expected "6", but got "5".',
      'shop.connector.yaml:12: expect.connectorRequest.url: query parameter x: expected "1", but got none.',
      'shop.connector.yaml:13: expect.connectorRequest.headers: the request header accept-language: expected "de", but got "en".',
      'shop.connector.yaml:13: expect.connectorRequest.headers: the request header x-a: expected "b", but it is missing.',
    ]);
  });

  it('names each difference of a response by its path', () => {
    const { lines } = run(
      product(`    expect:
      connectorResponse: |
        { "id": "p1", "name": "Desk", "tags": ["a"], "stock": 1 }`),
    );
    expect(lines.slice(2, -2)).toEqual([
      'shop.connector.yaml:10: expect.connectorResponse: name: expected "Desk", but got "Lamp".',
      'shop.connector.yaml:10: expect.connectorResponse: tags: expected 1 item, but got 2 items.',
      'shop.connector.yaml:10: expect.connectorResponse: stock: expected 1, but it is missing.',
      'shop.connector.yaml:10: expect.connectorResponse: price: got 5.5, which is not expected.',
    ]);
  });

  it('accepts the parts of a URL in place of the whole one', () => {
    const parts = `    expect:
      connectorRequest:
        scheme: https
        origin: shop.example.com
        path: /v1/products/p1
        queryParams: { limit: 5 }`;
    expect(run(product(parts)).code).toBe(0);
    const { lines } = run(product(parts.replace('/p1', '/p2').replace('https', 'http')));
    expect(lines.slice(2, -2)).toEqual([
      'shop.connector.yaml:11: expect.connectorRequest.scheme: expected the scheme http, but got https.',
      'shop.connector.yaml:13: expect.connectorRequest.path: expected the path /v1/products/p2, but got /v1/products/p1.',
    ]);
  });

  it.each([
    ['the id of a connector', 'connector: product_by_id'],
    ['an index', 'connector: Query.product[0]'],
  ])('finds a connector by %s', (_what, target) => {
    const yaml = product('    expect: {}').replace('target: Query.product', target);
    expect(run(yaml).code).toBe(0);
  });

  it('names the connectors of the file where a test names another', () => {
    const { code, lines } = run(product('').replace('Query.product', 'Query.produkt'));
    expect(code).toBe(1);
    expect(lines[2]).toMatch(
      /^shop\.connector\.yaml:3: names the connector Query\.produkt, but the connectors of .*shop\.graphql are Query\.product, Query\.search, Query\.form, Product\.$/,
    );
  });

  it('compares a body as JSON, and one of a form by its fields', () => {
    const yaml = `${CONFIG}  - name: a search
    connector: Query.search
    variables: { $args: { text: lamp } }
    apiResponseBody: '{ "items": [] }'
    expect:
      connectorRequest: { method: POST, body: '{"text":"lamp","page":2}' }
  - name: a form
    connector: Query.form
    variables: { $args: { text: a b&c }, $requestHeaders: { X-Tenant: north } }
    apiResponseBody: '{ "ok": "yes" }'
    expect:
      connectorRequest: { method: POST, body: text=a+b%26c, headers: { x-tenant: north } }
      connectorResponse: '"yes"'
`;
    const { lines } = run(yaml);
    expect(lines.slice(1, -2)).toEqual([
      'FAIL a search (Query.search)',
      'shop.connector.yaml:8: expect.connectorRequest.body: page: expected 2, but it is missing.',
      'ok   a form (Query.form)',
    ]);
  });

  it('passes a test of rover, in which numbers of variables are text', () => {
    const yaml = `${CONFIG}  - name: a search
    connector: Query.search
    variables: { $args: { text: lamp, page: 2 } }
    apiResponseBody: '{ "items": [] }'
    expect:
      connectorRequest: { method: POST, body: '{"text":"lamp","page":"2"}' }
`;
    expect(run(yaml).code).toBe(0);
  });

  it('fails for a problem of the mapping that is not expected, and for an expected one that there is not', () => {
    const missing = `${CONFIG}  - name: a product
    connector: Query.product
    variables: { $args: { id: p1 } }
    apiResponseBody: '{ "id": "p1", "title": "Lamp", "tags": [] }'
    expect:
      problems: [{ message: it is dear, path: price }]
`;
    const { code, lines } = run(missing);
    expect(code).toBe(1);
    expect(lines.slice(2, -2)).toEqual([
      'shop.connector.yaml:8: expect.problems: expected the problem "it is dear" at price, but got none.',
      'shop.connector.yaml:8: expect.problems: expected no such problem: Property "price" not found in object (at price, 1 times, line 1, column 16 of the mapping).',
    ]);
    const byApollo = missing.replace('it is dear', 'Property .price not found in object');
    expect(run(byApollo).code).toBe(0);
    const part = missing.replace('message: it is dear', 'contains_message: not found');
    expect(run(part).code).toBe(0);
  });

  it('compares the error that a client gets for a response that is no success', () => {
    const failing = (expected: string) => `${CONFIG}  - name: a product
    connector: Query.product
    variables: { $args: { id: p1 } }
    status: 422
    apiResponseBody: '{ "error": { "message": "No such id." } }'
    expect: ${expected}
`;
    expect(run(failing('{ errors: [{ message: No such id. }] }')).code).toBe(0);
    expect(run(failing('{ error: { message: No such id., extensions: {} } }')).code).toBe(0);
    const { lines } = run(failing('{ errors: [{ message: Gone. }] }'));
    expect(lines[2]).toBe(
      'shop.connector.yaml:8: expect.errors: expected an error with the message "Gone.", but got "No such id.".',
    );
    expect(run(failing('{}')).lines[2]).toBe(
      'shop.connector.yaml:8: expect.errors: expected no error, but got for the response with status 422: "No such id." (UPSTREAM_REJECTED).',
    );
  });

  it('says that a value cannot stand in a path, as a client reads it', () => {
    const yaml = product('    expect: {}').replace('id: p1,', "id: '..',");
    expect(run(yaml).lines[2]).toBe(
      'shop.connector.yaml:9: expect.errors: expected no error, but got "A value in the path of Query.product must not be ".."." (BAD_USER_INPUT).',
    );
  });

  it('takes what all tests of a file have in common from config.common', () => {
    const yaml = `config:
  schema: ./shop.graphql
  common:
    connector: Query.product
    variables: { $args: { id: p1 } }
    apiResponseBodyFile: ./product.json
    expectedRequestPath: /v1/products/p1
    expectedRequestHeaders: { accept-language: en }
    expectedResponse: '{ "id": "p1", "name": "Lamp", "price": 5.5, "tags": [] }'
tests:
  - name: as in common
  - name: another product
    variables: { $args: { id: p2 } }
    expect: { connectorRequest: { path: /v1/products/p2, queryParams: {} } }
  - name: left out
    skip: true
`;
    writeFileSync(
      join(folder, 'product.json'),
      '{ "id": "p1", "title": "Lamp", "price": 5.5, "tags": [] }',
    );
    const { code, lines } = run(yaml);
    expect([code, lines.slice(1, 4), lines.at(-1)]).toEqual([
      0,
      [
        'ok   as in common (Query.product)',
        'ok   another product (Query.product)',
        'skip left out (Query.product)',
      ],
      '2 passed, 0 failed, 1 skipped',
    ]);
  });

  it('reads the request that rover recorded from its .http file', () => {
    writeFileSync(
      join(folder, 'search_request.http'),
      'POST https://shop.example.com/v1/search\naccept-language: en\n\n{ "text": "lamp" }\n',
    );
    const { code, lines } = run(`${CONFIG}  - name: a search
    connector: Query.search
    variables: { $args: { text: lamp } }
    apiResponseBody: '{ "items": [] }'
    expect: { connectorRequestHttp: search_request.http }
`);
    expect([code, lines.at(-1)]).toEqual([0, '1 passed, 0 failed, 0 skipped']);
  });

  it('refuses keys that it does not know, files that are not there and values of another kind, all at once', () => {
    const { code, lines } = run(`config: { schema: ./none.graphql, tests: 1 }
tests:
  - name: a
    conector: Query.product
    variables: { $arg: { id: 1 } }
    status: much
    apiResponseBodyFile: none.json
    expect:
      connectorRequest: { verb: GET }
      problems: [{ path: a }]
`);
    expect([code, lines]).toEqual([
      1,
      [
        'shop.connector.yaml:1: config.tests is not known here; check its spelling.',
        'shop.connector.yaml:5: tests.0.variables.$arg is not known here; check its spelling.',
        'shop.connector.yaml:6: tests.0.status must be a status such as 404.',
        'shop.connector.yaml:9: tests.0.expect.connectorRequest.verb is not known here; check its spelling.',
        'shop.connector.yaml:10: tests.0.expect.problems.0 must have message or contains_message.',
        'shop.connector.yaml:4: tests.0.conector is not known here; check its spelling.',
      ],
    ]);
    const named = run(product('').replace('./shop.graphql', './none.graphql'));
    expect([named.code, named.lines]).toEqual([
      1,
      [
        'shop.connector.yaml:1: config.schema must name a file that can be read, but is "./none.graphql".',
      ],
    ]);
  });

  it('keeps text such as ${NAME} as it is: a test depends on nothing of its environment', () => {
    const yaml = product('    expect: {}').replace('Lamp', '${HOME}');
    expect(run(yaml).code).toBe(0);
  });

  it('runs the tests that --name is in, and refuses a name that is in none', () => {
    const two = product('') + product('').slice(CONFIG.length).replace('a product', 'the other');
    expect(run(two, '--name', 'OTHER').lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped');
    const none = run(two, '--name', 'nothing');
    expect([none.code, none.lines.at(-1)]).toEqual([1, 'No test has "nothing" in its name.']);
  });

  it('writes JSON, and the XML of JUnit, for other programs', () => {
    const path = join(folder, 'report.xml');
    const yaml = product(`    expect: { connectorResponse: '"<&>"' }`);
    const { lines } = run(yaml, '--format', 'json', '--junit', path);
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      success: false,
      failed: 1,
      suites: [
        {
          name: 'The shop',
          untested: ['Query.search', 'Query.form', 'Product'],
          tests: [
            {
              name: 'a product',
              connector: 'Query.product',
              line: 3,
              result: 'failed',
              failures: [{ line: 9, message: expect.stringContaining('expected "<&>", but got') }],
            },
          ],
        },
      ],
    });
    const xml = readFileSync(path, 'utf8');
    expect(xml).toContain('<testsuites tests="1" failures="1" skipped="0">');
    expect(xml).toContain('expected &quot;&lt;&amp;&gt;&quot;, but got');
  });

  it('finds files in folders, and refuses a folder without any', () => {
    const inside = join(folder, 'a', 'tests');
    mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, 'one.connector.yml'), product('').replace('./shop', '../../shop'));
    const out: string[] = [];
    const output = {
      write: (line: string) => out.push(line),
      report: (line: string) => out.push(line),
    };
    expect(runTestCommand([join(folder, 'a')], output)).toBe(0);
    const empty = mkdtempSync(join(folder, 'empty-'));
    expect(runTestCommand([empty], output)).toBe(1);
    expect(out.at(-1)).toBe(`There are no files called *.connector.yaml in ${empty}.`);
  });
});
