import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const readme = readFileSync('README.md', 'utf8');
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(readme)?.[1] ?? '';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

it("answers the README's query as the README says", async () => {
  const { data, errors } = await gateway.query(block('graphql'));
  expect({ data, errors }).toEqual({ errors: undefined, ...JSON.parse(block('json')) });
});
