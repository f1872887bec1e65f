import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeOf } from '../events/changes.ts';
import { createKeyFile, type KeyFile } from './access/key-file.ts';
import { bearer } from './access/token-issuer.ts';
import { persistedAs } from './persisted-as.ts';
import {
  sendOperation,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from './start-gateway.ts';

const PAYMENTS = 'query Payments($first: Int!) { payments(first: $first) { nodes { id status } } }';
const DEALS = '{ deals(first: 1) { nodes { stage { label } } } }';
const COMPANIES = '{ companies(first: 2) { nodes { id name } } }';

describe.each(['embedded', 'distributed'] as const)('a persisted GET query, %s', (mode) => {
  let keys: KeyFile;
  let reader: Record<string, string>;
  let other: Record<string, string>;
  let writer: Record<string, string>;
  let gateway: TestGateway;
  let isHealthy = true;
  beforeAll(async () => {
    keys = await createKeyFile();
    reader = bearer(await keys.add({ scopes: ['payments:read'] }));
    other = bearer(await keys.add({ scopes: ['payments:read'] }));
    writer = bearer(await keys.add({ scopes: ['crm:read', 'crm:write'] }));
    gateway = await startTestGateway({
      mode,
      environment: { API_KEYS_FILE: keys.path, ANONYMOUS_SCOPES: 'none' },
    });
    gateway.events.invalidation.trust({ isHealthy: () => isHealthy });
    for (const query of [PAYMENTS, DEALS, COMPANIES])
      await sendOperation(gateway.url, {
        query,
        variables: { first: 1 },
        extensions: persistedAs(query),
      });
  });
  afterAll(async () => {
    await gateway.close();
    await keys.remove();
  });

  interface Asked {
    readonly query?: string;
    readonly first?: number;
    readonly headers?: Record<string, string>;
    readonly tag?: string | null | undefined;
    readonly method?: 'GET' | 'HEAD';
    /** @default the first gateway */
    readonly at?: TestGateway;
  }

  async function get({
    query = PAYMENTS,
    first = 3,
    headers = reader,
    tag,
    method = 'GET',
    at = gateway,
  }: Asked = {}) {
    const search = new URLSearchParams({
      variables: JSON.stringify({ first }),
      extensions: JSON.stringify(persistedAs(query)),
    });
    const begun = performance.now();
    const response = await fetch(`${at.url}/graphql?${search.toString()}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...headers,
        ...(tag != null && { 'if-none-match': tag }),
      },
    });
    return {
      status: response.status,
      tag: response.headers.get('etag'),
      caching: response.headers.get('cache-control'),
      type: response.headers.get('content-type'),
      body: await response.text(),
      calls: requestsSince(begun, gateway.sandbox).length,
    };
  }

  it('has a weak entity tag, by which an unchanged response is named without a call to a vendor', async () => {
    const first = await get();
    expect(first).toMatchObject({ status: 200, caching: 'private, no-cache' });
    expect(first.tag).toMatch(/^W\/"[\w.-]+"$/);
    const { tag } = first;
    expect(await get({ tag })).toEqual({
      status: 304,
      tag,
      caching: 'private, no-cache',
      type: null,
      body: '',
      calls: 0,
    });
  });

  it.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])(
    'has no entity tag as %s, which is never answered with 304',
    async (accept) => {
      const { tag } = await get();
      for (const asked of [{}, { tag }, { tag: '*' }]) {
        const streamed = await get({ ...asked, headers: { ...reader, accept } });
        expect(streamed).toMatchObject({ status: 200, tag: null });
        expect(streamed.body).toContain('{"data":{"payments":{"nodes":[');
      }
    },
  );

  it('has a 304 without a content type also for a client that accepts a stream after JSON', async () => {
    const { tag } = await get();
    const accept = 'application/json, text/event-stream;q=0.5';
    expect(await get({ tag, headers: { ...reader, accept } })).toMatchObject({
      status: 304,
      type: null,
      body: '',
    });
  });

  it('is compared with each tag of If-None-Match, by the weak comparison', async () => {
    const { tag: given } = await get();
    const tag = given ?? '';
    const statusFor = async (header: string) => (await get({ tag: header })).status;
    expect(await statusFor(`"another,server's", W/"other" , ${tag}`)).toBe(304);
    expect(await statusFor(`${tag.slice(2)}, "other"`)).toBe(304);
    expect(await statusFor('"other", W/"another"')).toBe(200);
    expect(await statusFor(`w/${tag.slice(2)}`)).toBe(200);
    expect(await statusFor(tag.slice(2, -1))).toBe(200);
  });

  it('matches If-None-Match: *, without a call, where it has a tag', async () => {
    const any = await get({ tag: '*', first: 9 });
    expect(any).toMatchObject({ status: 304, calls: 0 });
    expect((await get({ first: 9, tag: any.tag })).status).toBe(304);
    expect((await get({ query: DEALS, tag: '*' })).status).toBe(200);
  });

  it('is answered to HEAD as to GET, without the content', async () => {
    const [got, head] = [await get(), await get({ method: 'HEAD' })];
    expect(head).toMatchObject({ status: 200, caching: got.caching, type: got.type, body: '' });
    for (const { tag } of [got, head]) {
      const again = await get({ method: 'HEAD', tag });
      expect(again).toMatchObject({ status: 304, tag, calls: 0 });
      expect((await get({ tag })).status).toBe(304);
    }
  });

  it('is answered anew after a change of a type that it selects, and not after others', async () => {
    const { tag } = await get();
    await gateway.events.log.append([
      { key: 'deal', changes: [changeOf('1', { vendor: 'hubspot', type: 'Deal' })] },
    ]);
    expect((await get({ tag })).status).toBe(304);
    await gateway.events.log.append([{ key: 'payment', changes: [changeOf('pi_1')] }]);
    const anew = await get({ tag });
    expect(anew.status).toBe(200);
    expect(anew.tag).not.toBe(tag);
  });

  it('is answered anew shortly after a mutation, while searches can still miss it', async () => {
    const companies = (tag?: string | null) => get({ query: COMPANIES, headers: writer, tag });
    const before = await companies();
    expect((await companies(before.tag)).status).toBe(304);
    const create = 'mutation { createCompany(input: { name: "New" }) { userErrors { message } } }';
    const { data } = await gateway.query(create, {}, writer);
    expect(data.createCompany.userErrors).toEqual([]);
    const after = await companies(before.tag);
    expect(after.status).toBe(200);
    expect((await companies(after.tag)).status).toBe(200);
  });

  it('is answered anew while the events of its vendor cannot be relied on, without a tag', async () => {
    const { tag } = await get();
    isHealthy = false;
    expect(await get({ tag })).toMatchObject({ status: 200, tag: null });
    isHealthy = true;
  });

  it('has a tag for its variables and for what its caller may see, not for the caller', async () => {
    const { tag } = await get();
    expect((await get({ tag, first: 2 })).status).toBe(200);
    expect((await get({ tag, headers: other })).status).toBe(304);
    const anonymous = await get({ tag, headers: {} });
    expect(anonymous.status).toBe(200);
  });

  it('has no tag where a value can change without an event, where its calls are traced, and by POST', async () => {
    expect((await get({ query: DEALS })).tag).toBeNull();
    expect((await get({ headers: { ...reader, 'x-tributary-trace': '1' } })).tag).toBeNull();
    const { headers } = await gateway.query(PAYMENTS, { first: 3 }, reader);
    expect(headers.get('etag')).toBeNull();
  });

  it('has a tag that other instances know, which hear of the same changes', async () => {
    const second = await startTestGateway({
      mode,
      sandbox: gateway.sandbox,
      events: gateway.events,
      environment: { API_KEYS_FILE: keys.path, ANONYMOUS_SCOPES: 'none' },
    });
    const body = { query: PAYMENTS, variables: { first: 1 }, extensions: persistedAs(PAYMENTS) };
    await sendOperation(second.url, body);
    const { tag } = await get();
    expect(await get({ tag, at: second })).toMatchObject({ status: 304, tag, calls: 0 });
    const other = await get({ at: second });
    expect(await get({ tag: `${tag ?? ''}, ${other.tag ?? ''}` })).toMatchObject({ status: 304 });
    await gateway.events.log.append([{ key: 'payment of both', changes: [changeOf('pi_2')] }]);
    for (const at of [gateway, second]) expect((await get({ tag, at })).status).toBe(200);
    await second.close();
  });

  it('has no tag after an error', async () => {
    gateway.sandbox.stripe.fault = '500';
    const failed = await get({ first: 7 });
    gateway.sandbox.stripe.fault = null;
    expect(failed.body).toContain('UPSTREAM');
    expect(failed.tag).toBeNull();
  });
});
