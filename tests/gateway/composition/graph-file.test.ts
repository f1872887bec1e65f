import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readGraphFile } from '../../../gateway/composition/graph-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'graph-file-'));
const path = join(folder, 'graph.yaml');
writeFileSync(join(folder, 'loyalty.graphql'), 'type Query { points: Int }');
writeFileSync(join(folder, 'crm.graphql'), 'extend type Customer { a: Int }');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(yaml: string, environment: Record<string, string> = {}) {
  writeFileSync(path, yaml);
  const { graph, problems = [] } = readGraphFile(path, environment, ['crm', 'payments', 'maps']);
  return { graph, problems: problems.map((problem) => problem.replaceAll(path, 'graph.yaml')) };
}

const LOYALTY = '  loyalty: { url: "http://localhost:4999/graphql", schema: ./loyalty.graphql }';

describe('graph.yaml', () => {
  it('names built-in subgraphs and services, with values from the environment', () => {
    const yaml = `version: 1
subgraphs:
  crm: { builtin: crm, extend: ./crm.graphql }
  loyalty: { url: "\${LOYALTY_URL}", schema: ./loyalty.graphql, headers: { forward: [X-Tenant], claims: { X-User: email, x-plan: "https://example.com/plan" } } }
`;
    expect(read(yaml, { LOYALTY_URL: 'https://loyalty.internal/graphql' }).graph).toEqual({
      path,
      builtIn: ['crm'],
      connectors: [],
      extensions: new Map([
        ['crm', { path: './crm.graphql', sdl: 'extend type Customer { a: Int }' }],
      ]),
      services: [
        {
          name: 'loyalty',
          url: 'https://loyalty.internal/graphql',
          schema: { path: './loyalty.graphql', sdl: 'type Query { points: Int }' },
          forwardedHeaders: ['x-tenant'],
          traffic: {},
          claimHeaders: { 'x-user': 'email', 'x-plan': 'https://example.com/plan' },
        },
      ],
    });
  });

  it.each([
    ['timeout: 800ms', { timeoutMs: 800 }],
    ['timeout: 2s', { timeoutMs: 2000 }],
    ['timeout: 600s', { timeoutMs: 600_000 }],
    ['retries: 0', { retries: 0 }],
    ['concurrency: 8', { concurrency: 8 }],
  ])('has the traffic policy of a service: %s', (line, traffic) => {
    const yaml = `version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    ${line}`;
    expect(read(yaml).graph?.services[0]?.traffic).toEqual(traffic);
  });

  it.each([
    ['timeout: 2', 'timeout must be a time of at most ten minutes, such as 800ms or 2s.'],
    ['timeout: 0s', 'timeout must be a time of at most ten minutes, such as 800ms or 2s.'],
    ['timeout: 601s', 'timeout must be a time of at most ten minutes, such as 800ms or 2s.'],
    ['timeout: 1m', 'timeout must be a time of at most ten minutes, such as 800ms or 2s.'],
    ['retries: 6', 'retries must be an integer from 0 to 5.'],
    ['retries: two', 'retries must be an integer from 0 to 5.'],
    ['concurrency: 0', 'concurrency must be an integer from 1 to 1000.'],
    ['concurrency: 1.5', 'concurrency must be an integer from 1 to 1000.'],
  ])('refuses a traffic policy with its line: %s', (line, problem) => {
    const yaml = `version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    ${line}`;
    expect(read(yaml).problems).toEqual([`graph.yaml:6: subgraphs.loyalty.${problem}`]);
  });

  it.each([
    [
      'has another version',
      'version: 2\nsubgraphs: { crm: { builtin: crm } }',
      'graph.yaml:1: version must be 1.',
    ],
    [
      'is no YAML',
      'version: 1\nversion: 1\nsubgraphs: {}',
      expect.stringMatching(/^graph\.yaml:2: .+\.$/),
    ],
    [
      'has an unknown key',
      `version: 1\nsubgraphs:\n${LOYALTY}\nplugins: []`,
      'graph.yaml:4: plugins is not known here; check its spelling.',
    ],
    [
      'has an unknown key of a service',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    retry: 3',
      'graph.yaml:6: subgraphs.loyalty.retry is not known here; check its spelling.',
    ],
    [
      'names a variable that is not set',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: ${LOYALTY_URL}\n    schema: ./loyalty.graphql',
      'graph.yaml:4: needs the environment variable LOYALTY_URL, which is not set.',
    ],
    [
      'names a variable that is not set, like an inherited property',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: ${constructor}\n    schema: ./loyalty.graphql',
      'graph.yaml:4: needs the environment variable constructor, which is not set.',
    ],
    [
      'gives a claim in a header about the connection',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    headers:\n      claims: { cookie: email }',
      'graph.yaml:7: subgraphs.loyalty.headers.claims.cookie must not be cookie, a header that is never passed on.',
    ],
    [
      'gives a claim in a header of this server',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    headers:\n      claims: { X-Request-Id: email }',
      'graph.yaml:7: subgraphs.loyalty.headers.claims.X-Request-Id must not be a header that has another meaning.',
    ],
    [
      'gives a claim in a header that cannot be',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    headers:\n      claims: { "x user": email }',
      'graph.yaml:7: subgraphs.loyalty.headers.claims.x user must be the name of a header, but is "x user".',
    ],
    [
      'gives a claim without a name',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    headers:\n      claims: { x-user: "" }',
      'graph.yaml:7: subgraphs.loyalty.headers.claims.x-user must be the name of a claim.',
    ],
    [
      'lists claims',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    headers:\n      claims: [email]',
      'graph.yaml:7: subgraphs.loyalty.headers.claims must map headers to claims: { x-tenant: tenant }.',
    ],
    [
      'gives a claim in a header that clients can set',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    headers:\n      forward: [x-user]\n      claims: { X-User: email }',
      'graph.yaml:8: subgraphs.loyalty.headers.claims must not have x-user, which is forwarded from clients: they could give any value.',
    ],
    [
      'has a URL that is none',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: loyalty\n    schema: ./loyalty.graphql',
      'graph.yaml:4: subgraphs.loyalty.url must be an http or https URL.',
    ],
    [
      'has a service without a URL',
      'version: 1\nsubgraphs:\n  loyalty:\n    schema: ./loyalty.graphql',
      'graph.yaml:3: subgraphs.loyalty.url must be set.',
    ],
    [
      'names an SDL file that is not there',
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./nowhere.graphql',
      'graph.yaml:5: subgraphs.loyalty.schema must name a file that can be read, but is "./nowhere.graphql".',
    ],
    [
      'has a built-in subgraph that does not exist',
      'version: 1\nsubgraphs:\n  crm: { builtin: sales }',
      'graph.yaml:3: subgraphs.crm.builtin must be one of crm, payments, maps.',
    ],
    [
      'gives a built-in subgraph another name',
      'version: 1\nsubgraphs:\n  sales: { builtin: crm }',
      'graph.yaml:3: subgraphs.sales must be called crm, like the built-in subgraph that it is.',
    ],
    [
      'gives a service the name of a built-in subgraph',
      'version: 1\nsubgraphs:\n  crm: { url: "http://localhost:1/graphql", schema: ./loyalty.graphql }',
      'graph.yaml:3: subgraphs.crm is the name of a built-in subgraph, so a service needs another name.',
    ],
    [
      'names a subgraph in capitals',
      'version: 1\nsubgraphs:\n  Loyalty: { url: "http://localhost:1/graphql", schema: ./loyalty.graphql }',
      'graph.yaml:3: subgraphs.Loyalty is no name of a subgraph: it must have 1 to 40 lower-case letters, digits, - and _, the first one a letter.',
    ],
    [
      "forwards this server's own headers",
      'version: 1\nsubgraphs:\n  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n    headers:\n      forward: [x-tributary-caller]',
      'graph.yaml:7: subgraphs.loyalty.headers.forward.0 must not be x-tributary-caller, a header that is never passed on.',
    ],
  ])('is refused with file and line if it %s', (_title, yaml, problem) => {
    expect(read(yaml).problems).toEqual([problem]);
  });

  const CRM = 'version: 1\nsubgraphs:\n  crm: { builtin: crm }\n';
  const SERVICE =
    '  loyalty:\n    url: http://localhost:1/graphql\n    schema: ./loyalty.graphql\n';
  it.each([
    ['', 'graph.yaml:1: the file must be a mapping of keys to values, but is empty.'],
    ['# x\n', 'graph.yaml:1: the file must be a mapping of keys to values, but is empty.'],
    ['graph', 'graph.yaml:1: the file must be a mapping of keys to values, but is "graph".'],
    ['- crm', 'graph.yaml:1: the file must be a mapping of keys to values, but is a list.'],
    [
      'version: 1\nsubgraphs:',
      'graph.yaml:2: subgraphs must be a mapping of keys to values, but is empty.',
    ],
    [
      'version: 1\nsubgraphs: [crm]',
      'graph.yaml:2: subgraphs must be a mapping of keys to values, but is a list.',
    ],
    [
      'version: 1\nsubgraphs: {}',
      'graph.yaml:2: subgraphs must not be empty: crm: { builtin: crm }, payments: { builtin: payments }, maps: { builtin: maps }.',
    ],
    ['version: "1"\nsubgraphs: { crm: { builtin: crm } }', 'graph.yaml:1: version must be 1.'],
    [
      `${CRM}  other:`,
      'graph.yaml:4: subgraphs.other must be a mapping of keys to values, but is empty.',
    ],
    [
      `${CRM}  other: ./other.graphql`,
      'graph.yaml:4: subgraphs.other must be a mapping of keys to values, but is "./other.graphql".',
    ],
    [
      `${CRM}  7: { url: "http://localhost:1", schema: ./loyalty.graphql }`,
      'graph.yaml:4: subgraphs.7 is no name of a subgraph: it must have 1 to 40 lower-case letters, digits, - and _, the first one a letter.',
    ],
    [
      `${CRM}  __proto__: { url: "http://localhost:1", schema: ./loyalty.graphql }`,
      'graph.yaml:4: __proto__ cannot be a key.',
    ],
    [`${CRM}  crm: { builtin: crm }`, 'graph.yaml:4: the key crm is there twice. Remove one.'],
    [
      CRM.replace('builtin: crm', 'builtin: crm, extend: ./crm.graphql, extend: ./crm.graphql'),
      'graph.yaml:3: the key extend is there twice. Remove one.',
    ],
    [`${CRM}\tx: 1`, 'graph.yaml:4: Tabs are not allowed as indentation.'],
    [`${CRM}---\n${CRM}`, 'graph.yaml:4: a second document begins. Keep one, without ---.'],
    [
      `${CRM}  other: *nowhere`,
      'graph.yaml:4: the alias *nowhere has no anchor &nowhere before it.',
    ],
    [
      `${CRM}${SERVICE}    timeout: !minutes 2s`,
      'graph.yaml:7: Unresolved tag: !minutes. Remove it.',
    ],
    [
      CRM + SERVICE.replace('http://localhost:1/graphql', '4010'),
      'graph.yaml:5: subgraphs.loyalty.url must be an http or https URL.',
    ],
    [
      CRM + SERVICE.replace('http:', 'ftp:'),
      'graph.yaml:5: subgraphs.loyalty.url must be an http or https URL.',
    ],
    [
      CRM + SERVICE.replace('localhost', 'user:word@localhost'),
      'graph.yaml:5: subgraphs.loyalty.url must be a URL without user name, password, query or fragment.',
    ],
    [
      CRM + SERVICE.replace('http://localhost:1/graphql', '${URL:-http://localhost:1}'),
      'graph.yaml:5: needs the name of an environment variable after ${, and nothing else: ${LOYALTY_URL}.',
    ],
    [
      CRM + SERVICE.replace('loyalty:', '${NAME}:'),
      'graph.yaml:4: subgraphs.${NAME} is no name of a subgraph: it must have 1 to 40 lower-case letters, digits, - and _, the first one a letter.',
    ],
    [
      CRM + SERVICE.replace('./loyalty.graphql', '.'),
      'graph.yaml:6: subgraphs.loyalty.schema must name a file that can be read, but is ".".',
    ],
    [
      CRM + SERVICE.replace('    schema: ./loyalty.graphql\n', ''),
      'graph.yaml:4: subgraphs.loyalty.schema must be the path of an SDL file.',
    ],
    [
      CRM.replace('builtin: crm', 'builtin: crm, extend: [./crm.graphql]'),
      'graph.yaml:3: subgraphs.crm.extend must be the path of an SDL file.',
    ],
    [
      CRM.replace('builtin: crm', 'builtin: crm, url: "http://localhost:1"'),
      'graph.yaml:3: subgraphs.crm.url is not known here; check its spelling.',
    ],
    [
      `${CRM}${SERVICE}    headers: [x-tenant]`,
      'graph.yaml:7: subgraphs.loyalty.headers must be a mapping of keys to values, but is a list.',
    ],
    [
      `${CRM}${SERVICE}    headers: { forward: x-tenant }`,
      'graph.yaml:7: subgraphs.loyalty.headers.forward must be a list, but is "x-tenant".',
    ],
    [
      `${CRM}${SERVICE}    headers: { forward: [7] }`,
      'graph.yaml:7: subgraphs.loyalty.headers.forward.0 must be text, but is 7.',
    ],
    [
      `${CRM}${SERVICE}    headers: { forward: ["*"] }`,
      'graph.yaml:7: subgraphs.loyalty.headers.forward.0 must be the name of a header, but is "*".',
    ],
    ...['cookie', 'Expect', 'proxy-authorization', 'te', 'keep-alive'].map((header) => [
      `${CRM}${SERVICE}    headers: { forward: [${header}] }`,
      `graph.yaml:7: subgraphs.loyalty.headers.forward.0 must not be ${header.toLowerCase()}, a header that is never passed on.`,
    ]),
    [
      `${CRM}${SERVICE}    headers: { claims: { x-user: 7 } }`,
      'graph.yaml:7: subgraphs.loyalty.headers.claims.x-user must be the name of a claim.',
    ],
    [
      `${CRM}${SERVICE}    timeout:`,
      'graph.yaml:7: subgraphs.loyalty.timeout must be a time of at most ten minutes, such as 800ms or 2s.',
    ],
    [
      `${CRM}${SERVICE}    timeout: -1s`,
      'graph.yaml:7: subgraphs.loyalty.timeout must be a time of at most ten minutes, such as 800ms or 2s.',
    ],
    [
      `${CRM}${SERVICE}    concurrency: .inf`,
      'graph.yaml:7: subgraphs.loyalty.concurrency must be an integer from 1 to 1000.',
    ],
  ])('is refused in one sentence with file and line: %j', (yaml, problem) => {
    expect(read(yaml).problems).toEqual([problem]);
  });

  it('is refused if its values are nested too deeply, or its aliases expand to too much', () => {
    expect(read(`${CRM}  a: ${'{ a: '.repeat(9000)}`).problems).toEqual([
      'graph.yaml:4: values are nested too deeply.',
    ]);
    const ten = (item: string) => `[${Array(10).fill(item).join()}]`;
    const bomb = `${CRM}a: &a ${ten('x')}\nb: &b ${ten('*a')}\nc: &c ${ten('*b')}\nd: ${ten('*c')}`;
    expect(read(bomb).problems).toEqual([
      'graph.yaml:1: its aliases stand for too much. Write out what they stand for.',
    ]);
  });

  it('refuses two claims for one header, in any case', () => {
    expect(read(`${CRM}${SERVICE}    headers: { claims: { x-a: a, X-A: b } }`).problems).toEqual([
      'graph.yaml:7: subgraphs.loyalty.headers.claims.x-a is there twice. Header names ignore case.',
      'graph.yaml:7: subgraphs.loyalty.headers.claims.X-A is there twice. Header names ignore case.',
    ]);
  });

  it('accepts a byte order mark and CRLF line ends', () => {
    const yaml = `\uFEFF${CRM}${SERVICE}`.replaceAll('\n', '\r\n');
    expect(read(yaml).graph?.services).toHaveLength(1);
    expect(read(`${yaml}    timeout: 0\r\n`).problems).toEqual([
      'graph.yaml:7: subgraphs.loyalty.timeout must be a time of at most ten minutes, such as 800ms or 2s.',
    ]);
  });

  it('accepts numbers from the environment, as in the file', () => {
    const yaml = `${CRM}${SERVICE}    retries: \${RETRIES}\n    timeout: \${SECONDS}s`;
    expect(read(yaml, { RETRIES: '2', SECONDS: '3' }).graph?.services[0]?.traffic).toEqual({
      retries: 2,
      timeoutMs: 3000,
    });
    expect(read(yaml, { RETRIES: 'two', SECONDS: '3' }).problems).toEqual([
      'graph.yaml:7: subgraphs.loyalty.retries must be an integer from 0 to 5.',
    ]);
  });

  it('reports an unset variable, an invalid value and a missing file at once, each once', () => {
    const yaml = `${CRM}  loyalty:\n    url: \${URL}\n    schema: ./nowhere.graphql\n    timeout: 0`;
    expect(read(yaml).problems).toEqual([
      'graph.yaml:5: needs the environment variable URL, which is not set.',
      'graph.yaml:7: subgraphs.loyalty.timeout must be a time of at most ten minutes, such as 800ms or 2s.',
      'graph.yaml:6: subgraphs.loyalty.schema must name a file that can be read, but is "./nowhere.graphql".',
    ]);
  });

  it('is refused if it is a folder, or too long', () => {
    expect(readGraphFile(folder, {}, ['crm']).problems).toEqual([
      `GRAPH must name a file that can be read, but is "${folder}".`,
    ]);
    expect(read(`${CRM}#${'x'.repeat(1_000_000)}`).problems).toEqual([
      'graph.yaml must have at most 1000000 characters.',
    ]);
  });

  it('lists all problems at once', () => {
    const yaml = `version: 1\nsubgraphs:\n  loyalty: { url: x, schema: ./loyalty.graphql }\nother: 1`;
    expect(read(yaml).problems).toEqual([
      'graph.yaml:3: subgraphs.loyalty.url must be an http or https URL.',
      'graph.yaml:4: other is not known here; check its spelling.',
    ]);
  });

  it('is refused if it cannot be read', () => {
    expect(readGraphFile('./nowhere.yaml', {}, ['crm']).problems).toEqual([
      'GRAPH must name a file that can be read, but is "./nowhere.yaml".',
    ]);
  });
});
