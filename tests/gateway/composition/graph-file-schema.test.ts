import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { parse } from 'yaml';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { graphFileJsonSchema } from '../../../gateway/composition/graph-file.ts';

const body = graphFileJsonSchema(SUBGRAPHS.map(({ name }) => name));
const app = fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false } } });
app.post('/', { schema: { body } }, () => 'valid');
afterAll(() => app.close());

/** Checks a file as editors do. */
async function check(file: unknown): Promise<number> {
  const { statusCode } = await app.inject({ method: 'POST', url: '/', payload: file as object });
  return statusCode;
}

const withService = (service: object) => ({ version: 1, subgraphs: { loyalty: service } });
const SERVICE = { url: 'http://localhost:4010/graphql', schema: './loyalty.graphql' };

describe('the JSON Schema of a graph.yaml', () => {
  it('accepts the example, and the file that docs/own-graph.md shows', async () => {
    const example = readFileSync('examples/own-graph/graph.yaml', 'utf8');
    const shown = /```yaml\n(version: 1\n.*?)```/s.exec(readFileSync('docs/own-graph.md', 'utf8'));

    expect(await check(parse(example))).toBe(200);
    expect(await check(parse(shown?.[1] ?? ''))).toBe(200);
  });

  it.each([
    ['a variable in place of a time', withService({ ...SERVICE, timeout: '${TIMEOUT}' })],
    ['a variable in place of a number', withService({ ...SERVICE, retries: '${RETRIES}' })],
    [
      'every key of a service',
      withService({ ...SERVICE, timeout: '2s', retries: 1, concurrency: 4 }),
    ],
    [
      'connectors with a policy of a source',
      withService({
        connectors: './erp.graphql',
        sources: {
          erp: {
            auth: { bearer: '${KEY}' },
            limits: { rate: '100/10s', concurrency: 8 },
            retries: 1,
          },
        },
      }),
    ],
  ])('accepts %s', async (_title, file) => {
    expect(await check(file)).toBe(200);
  });

  it.each([
    ['an unknown key', withService({ ...SERVICE, retry: 1 })],
    ['a time without a unit', withService({ ...SERVICE, timeout: '2' })],
    ['a number as text', withService({ ...SERVICE, retries: '2' })],
    ['too many retries', withService({ ...SERVICE, retries: 6 })],
    ['an unknown key of a source', withService({ connectors: './a', sources: { a: { rate: 1 } } })],
    ['a service without its SDL', withService({ url: SERVICE.url })],
    [
      'a built-in subgraph that there is not',
      { version: 1, subgraphs: { shop: { builtin: 'shop' } } },
    ],
    ['a name of a subgraph in capitals', { version: 1, subgraphs: { Loyalty: SERVICE } }],
    ['another version', { version: 2, subgraphs: {} }],
  ])('refuses %s', async (_title, file) => {
    expect(await check(file)).toBe(400);
  });
});
