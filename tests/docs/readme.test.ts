import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildSchema, parse, print, validate } from 'graphql';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { TRACED } from '../gateway/traced.ts';
import { codeBlock } from './code-blocks.ts';

const readme = readFileSync('README.md', 'utf8');
const block = (language: string) => codeBlock('README.md', language);
const curlBody = /^curl .*? -d '(.*?)'$/ms.exec(readme)?.[1] ?? '';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

it('the README shows the response that its query gets', async () => {
  const { data, errors } = await gateway.query(block('graphql'));
  expect({ data, errors }).toEqual({ errors: undefined, ...JSON.parse(block('json')) });
});

it('the README lists the vendor calls that its query makes', async () => {
  const listed = Array.from(
    readme.matchAll(/^\| \d .* `(GET|POST) (\S+)`/gm),
    ([, method, path]) => `${String(method)} ${String(path)}`,
  );
  const { extensions } = await gateway.query(block('graphql'), {}, TRACED);
  expect(listed.sort()).toEqual(
    extensions?.upstream?.map(({ method, path }) => `${method} ${path}`).sort(),
  );
});

it("the README's curl command sends the query that is shown above it", () => {
  const { query } = JSON.parse(curlBody) as { query: string };
  expect(print(parse(query))).toBe(print(parse(block('graphql'))));
});

it('the mutation and the subscription of the README fit the schema', () => {
  const schema = buildSchema(readFileSync('schema/api.graphql', 'utf8'));
  const blocks = Array.from(readme.matchAll(/^```graphql\n(.*?)^```/gms), ([, text = '']) => text);
  // A cast: the bodies of the page's curl commands.
  const sent = Array.from(
    readme.matchAll(/-d '(.*?)'$/gms),
    ([, body = '']) => (JSON.parse(body) as { readonly query: string }).query,
  );
  expect([blocks.length, sent.length]).toEqual([2, 2]);
  expect([...blocks, ...sent].flatMap((text) => validate(schema, parse(text)))).toEqual([]);
});

it('the README lists paths that the gateway serves', async () => {
  const table = readme.slice(readme.indexOf('| path '));
  const paths = Array.from(table.matchAll(/`GET (\/[^`<]*)`/g), ([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(2);
  for (const path of paths) {
    const { status } = await fetch(gateway.url + path);
    expect([path, status]).toEqual([path, 200]);
  }
});
