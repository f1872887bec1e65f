import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const OPERATIONS = 'examples/operations';
const files = (await readdir(OPERATIONS)).filter((file) => file.endsWith('.graphql'));

describe('the example operations', () => {
  let gateway: TestGateway;
  let variables: Readonly<Record<string, object>>;

  beforeAll(async () => {
    gateway = await startTestGateway();
    // A cast: the file is our own.
    variables = JSON.parse(
      await readFile(`${OPERATIONS}/variables.json`, 'utf8'),
    ) as typeof variables;
  });

  afterAll(() => gateway.close());

  it.each(files)(
    '%s is answered from the sandbox without an error, and its main fields have something to show',
    async (file) => {
      const query = await readFile(`${OPERATIONS}/${file}`, 'utf8');
      const name = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '';
      const answer = await gateway.query(query, variables[name]);

      expect(answer.errors).toBeUndefined();
      // A cast: no operation asks for a root field of another kind.
      for (const [field, value] of Object.entries(answer.data as Record<string, object | null>)) {
        expect([field, value]).toEqual([field, expect.anything()]);
        expect([
          field,
          Object.entries(value ?? {}).filter(
            ([name, part]) => name !== 'userErrors' && Array.isArray(part) && part.length === 0,
          ),
        ]).toEqual([field, []]);
      }
    },
  );
});
