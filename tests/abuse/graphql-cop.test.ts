import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

/**
 * What the scanner graphql-cop tries, in our words: each way of asking, and that the answer is not the one by which it takes a server to
 * be open. https://github.com/dolevf/graphql-cop
 */
describe('a gateway in production, as graphql-cop looks at it', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      environment: { NODE_ENV: 'production', LOG_LEVEL: 'silent' },
    });
  });
  afterAll(() => gateway.close());

  interface Seen {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly extensions?: Record<string, unknown>;
    }[];
  }

  async function read(
    path: string,
    init: RequestInit,
  ): Promise<{ readonly text: string; readonly json: Seen }> {
    const response = await fetch(`${gateway.url}/graphql${path}`, init);
    const text = await response.text();
    return { text, json: JSON.parse(text) as Seen };
  }

  /** The scanner accepts any content type, as Python's client does. */
  const ask = async (query: string, body: object = { query, operationName: 'cop' }) =>
    (
      await read('', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: '*/*' },
        body: JSON.stringify(body),
      })
    ).json;

  it('is recognised as GraphQL, so that what follows means something', async () => {
    expect(await ask('query cop { __typename }')).toEqual({ data: { __typename: 'Query' } });
  });

  it('suggests no fields', async () => {
    const { errors } = await ask('query cop { __schema { directive } }');
    expect(errors?.[0]?.message).not.toContain('Did you mean');
  });

  it('shows no schema', async () => {
    expect(
      (await ask('query cop { __schema { types { name fields { name } } } }')).data,
    ).toBeUndefined();
  });

  it('has no page to write queries in', async () => {
    const { text } = await read('', { headers: { accept: 'text/html' } });
    expect(text).not.toMatch(/graphi?ql.?(ide|playground|min\.css)|graphiql/i);
    expect((await fetch(gateway.url, { headers: { accept: 'text/html' } })).status).toBe(404);
  });

  it('answers no query by a plain GET', async () => {
    const { json } = await read(`?query=${encodeURIComponent('query cop {__typename}')}`, {});
    expect(json.data).toBeUndefined();
  });

  it('makes no change by a plain GET', async () => {
    const { json } = await read(`?query=${encodeURIComponent('mutation cop {__typename}')}`, {});
    expect(json.data).toBeUndefined();
  });

  it('answers no form', async () => {
    const { json } = await read('', {
      method: 'POST',
      body: new URLSearchParams({ query: 'query cop { __typename }' }),
    });
    expect(json.data).toBeUndefined();
  });

  it('answers no query with a hundred aliases', async () => {
    const aliases = Array.from(
      { length: 101 },
      (_, index) => `alias${String(index)}:__typename`,
    ).join(' \n');
    expect((await ask(`query cop { ${aliases} }`)).data).toBeUndefined();
  });

  it('answers no field five hundred times', async () => {
    expect((await ask(`query cop { ${'__typename \n'.repeat(500)} }`)).data).toBeUndefined();
  });

  it('answers no batch', async () => {
    const batch = Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' }));
    expect(await ask('', batch)).toEqual({ errors: [expect.anything()] });
  });

  it('does not reveal traces', async () => {
    expect(JSON.stringify(await ask('query cop { __typename }')).toLowerCase()).not.toContain(
      'tracing',
    );
  });

  it('does not count a flood of directives', async () => {
    const { errors = [] } = await ask('query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }');
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThan(10);
  });

  it('does not go around in the schema', async () => {
    const circle =
      '{ types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } }';
    expect((await ask(`query cop { __schema ${circle} }`)).data).toBeUndefined();
  });

  it('does not reveal internal errors', async () => {
    const { errors } = await ask('qwerty cop { abc }');
    expect(errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_PARSE_FAILED', retryable: false });
  });
});
