import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse, print } from 'graphql';
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
