import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKeyFile, type KeyFile } from './access/key-file.ts';
import { codesAndPaths, startTestGateway, type TestGateway } from './start-gateway.ts';

let keys: KeyFile;
let [partner, poor, lost] = ['', '', ''];
beforeAll(async () => {
  keys = await createKeyFile();
  partner = await keys.add({ audience: 'partner', scopes: ['personal:read'] });
  poor = await keys.add({ audience: 'partner', scopes: [] });
  lost = await keys.add({ audience: 'gone' });
});
afterAll(() => keys.remove());

const COMPANIES = '{ companies(first: 1) { nodes { id } } }';
const PAYMENTS = '{ payments(first: 1) { nodes { id } } }';

describe.each(['embedded', 'distributed'] as const)('callers of an audience, %s', (mode) => {
  let closed: TestGateway;
  let open: TestGateway;
  beforeAll(async () => {
    closed = await startTestGateway({
      mode,
      environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path },
    });
    open = await startTestGateway({
      mode,
      environment: {
        ANONYMOUS_SCOPES: 'none',
        ANONYMOUS_AUDIENCE: 'public',
        API_KEYS_FILE: keys.path,
      },
    });
  });
  afterAll(async () => {
    await closed.close();
    await open.close();
  });

  const post = async (gateway: TestGateway, path: string, query: string, key?: string) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as Awaited<ReturnType<TestGateway['query']>>;
    return {
      status: response.status,
      data,
      codes: codesAndPaths(errors),
      calls: response.headers.get('x-tributary-upstream-calls'),
    };
  };

  it('get 401 without a credential if access is closed', async () => {
    for (const path of ['/graphql', '/graphql/public', '/graphql/private', '/graphql/nobody']) {
      for (const method of ['GET', 'POST']) {
        const response = await fetch(
          `${closed.url}${path}${method === 'GET' ? '?query={__typename}' : ''}`,
          { method },
        );
        expect([path, method, response.status]).toEqual([path, method, 401]);
      }
    }
    for (const path of ['/schema.graphql', '/schema/public.graphql', '/schema/nobody.graphql']) {
      expect([path, (await fetch(`${closed.url}${path}`)).status]).toEqual([path, 401]);
    }
  });

  it('get their audience at the path of the whole graph, and at no other', async () => {
    for (let time = 0; time < 3; time += 1) {
      expect((await post(closed, '/graphql', COMPANIES, partner)).data).toEqual({
        companies: { nodes: [{ id: expect.any(String) }] },
      });
      expect((await post(closed, '/graphql/partner', COMPANIES, partner)).codes).toEqual([]);
      expect(await post(closed, '/graphql', PAYMENTS, partner)).toMatchObject({
        data: undefined,
        codes: ['GRAPHQL_VALIDATION_FAILED '],
        calls: '0',
      });
      for (const path of ['/graphql/private', '/graphql/public', '/graphql/nobody']) {
        expect(await post(closed, path, COMPANIES, partner)).toMatchObject({
          status: 404,
          data: undefined,
          codes: ['NOT_FOUND '],
        });
      }
    }
    const schema = await fetch(`${closed.url}/schema.graphql`, {
      headers: { 'x-api-key': partner },
    });
    expect((await schema.text()) === readFileSync('schema/audiences/partner.graphql', 'utf8')).toBe(
      true,
    );
  });

  it('are held by their scopes too', async () => {
    const query = '{ customers(first: 1) { nodes { name } } }';
    expect((await post(closed, '/graphql', query, partner)).codes).toEqual([]);
    expect(await post(closed, '/graphql', query, poor)).toMatchObject({
      codes: ['FORBIDDEN customers'],
      calls: '0',
    });
  });

  it('get an error if their audience does not exist', async () => {
    expect(await post(closed, '/graphql', COMPANIES, lost)).toMatchObject({
      status: 403,
      codes: ['FORBIDDEN '],
    });
  });

  it('can be all callers without a credential', async () => {
    expect(
      (await post(open, '/graphql', '{ geocode(address: "1 Market St, San Francisco") { id } }'))
        .codes,
    ).toEqual([]);
    expect(await post(open, '/graphql', COMPANIES)).toMatchObject({
      data: undefined,
      codes: ['GRAPHQL_VALIDATION_FAILED '],
      calls: '0',
    });
    expect((await post(open, '/graphql/partner', COMPANIES)).status).toBe(404);
    expect((await post(open, '/graphql', COMPANIES, partner)).codes).toEqual([]);
  });
});
