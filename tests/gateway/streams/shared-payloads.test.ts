import { afterEach, describe, expect, it } from '@jest/globals';
import type { Caller } from '../../../request/caller.ts';
import {
  type ServedStreams,
  type ServedStreamsOptions,
  serveStreams,
  type TestSink,
  TYPES,
} from './served-streams.ts';

/** Its secret is for callers with a scope, and its value for those that meet a policy. */
const PROTECTED_TYPES = TYPES.replace(
  'value: String',
  'value: String @policy(policies: [["present"]]) secret: String @requiresScopes(scopes: [["staff"]])',
);
const QUERY = 'subscription { recordChanged { id record { value secret } } }';

const served: ServedStreams[] = [];
afterEach(async () => {
  for (const one of served.splice(0)) await one.close();
});

async function serve(options: ServedStreamsOptions = {}): Promise<ServedStreams> {
  const one = await serveStreams({ typeDefs: PROTECTED_TYPES, policies: () => [], ...options });
  served.push(one);
  return one;
}

const callerCalled = (id: string, more: Partial<Caller> = {}): Caller => ({
  id: `key:${id}`,
  isAuthenticated: true,
  scopes: new Set(),
  claims: {},
  ...more,
});

const STAFF = { scopes: new Set(['staff']) };

/** The record of the newest payload. */
const recordOf = ({ payloads }: TestSink) => {
  // A cast: the schema of these tests has it.
  const change = payloads.at(-1)?.data?.['recordChanged'] as { readonly record: unknown };
  return change.record;
};

describe('callers with one operation do not share a payload', () => {
  it('where their scopes differ', async () => {
    const { open, append } = await serve({ policies: () => ['present'] });
    const staff = await open({ query: QUERY, caller: callerCalled('one', STAFF) });
    const other = await open({ query: QUERY, caller: callerCalled('two') });
    const more = await open({ query: QUERY, caller: callerCalled('three', STAFF) });
    await append({});
    for (const { sink } of [staff, other, more]) await sink.received(1);
    expect(recordOf(staff.sink)).toEqual({ value: 'as it is', secret: 'the secret of 1' });
    expect(recordOf(more.sink)).toEqual(recordOf(staff.sink));
    expect(recordOf(other.sink)).toEqual({ value: 'as it is', secret: null });
  });

  it('where policies decide differently for each', async () => {
    const { open, append } = await serve({
      policies: ({ id }) => (id === 'key:one' ? ['present'] : []),
    });
    const one = await open({ query: QUERY, caller: callerCalled('one', STAFF) });
    const two = await open({ query: QUERY, caller: callerCalled('two', STAFF) });
    await append({});
    for (const { sink } of [one, two]) await sink.received(1);
    expect(recordOf(one.sink)).toMatchObject({ value: 'as it is' });
    expect(recordOf(two.sink)).toMatchObject({ value: null });
  });

  it('where one has a credential and the other has none, as their errors differ', async () => {
    const { open, append } = await serve();
    const known = await open({ query: QUERY, caller: callerCalled('one') });
    const unknown = await open({
      query: QUERY,
      caller: callerCalled('two', { isAuthenticated: false }),
    });
    await append({});
    await known.sink.received(1);
    await unknown.sink.received(1);
    const codeOf = ({ payloads }: TestSink) => payloads[0]?.errors?.[0]?.extensions?.['code'];
    expect([codeOf(known.sink), codeOf(unknown.sink)]).toEqual(['FORBIDDEN', 'UNAUTHENTICATED']);
  });

  it('where their audiences differ', async () => {
    const reads: string[] = [];
    const { open, append } = await serve({
      audiences: ['partner', 'public'],
      policies: () => ['present'],
      read: (id) => reads.push(id),
    });
    const opened = [
      await open({ query: QUERY, caller: callerCalled('whole') }),
      await open({ query: QUERY, caller: callerCalled('own', { audience: 'partner' }) }),
      await open({ query: QUERY, caller: callerCalled('by path'), named: 'partner' }),
      await open({ query: QUERY, caller: callerCalled('other'), named: 'public' }),
    ];
    await append({});
    for (const { sink } of opened) await sink.received(1);
    expect(reads).toHaveLength(3);
  });
});

describe('the policies of a payload', () => {
  it('are decided once for each caller, and the caller gets what they have decided', async () => {
    const decisions: string[] = [];
    let left = Infinity;
    const { open, append } = await serve({
      // The first `left` decisions are no, all later ones yes.
      policies: ({ id }) => {
        decisions.push(id);
        left -= 1;
        return left >= 0 ? [] : ['present'];
      },
    });
    const one = await open({ query: QUERY, caller: callerCalled('one', STAFF) });
    const two = await open({ query: QUERY, caller: callerCalled('two', STAFF) });
    decisions.length = 0;
    left = 2;
    await append({});
    for (const { sink } of [one, two]) {
      await sink.received(1);
      expect(recordOf(sink)).toEqual({ value: null, secret: 'the secret of 1' });
    }
    await append({});
    for (const { sink } of [one, two]) {
      await sink.received(2);
      expect(recordOf(sink)).toMatchObject({ value: 'as it is' });
    }
    expect(decisions.sort()).toEqual(['key:one', 'key:one', 'key:two', 'key:two']);
  });

  it('end the stream if they cannot be decided, with a cursor that resumes with that payload', async () => {
    let isDown = false;
    const { open, append } = await serve({
      policies: () => (isDown ? Promise.reject(new Error('The policies are down.')) : ['present']),
    });
    const { sink } = await open({ query: QUERY, caller: callerCalled('one', STAFF) });
    await append({ id: 'first' });
    await sink.received(1);
    isDown = true;
    await append({ id: 'second' });
    await sink.until(({ ended }) => ended !== undefined);
    expect(sink.payloads).toHaveLength(1);
    const { code, cursor } = sink.ended?.[0]?.extensions ?? {};
    expect(code).toBe('INTERNAL_SERVER_ERROR');
    isDown = false;
    const resumed = await open({
      query: QUERY,
      caller: callerCalled('one', STAFF),
      resumeFrom: String(cursor),
    });
    await resumed.sink.received(1);
    expect(resumed.sink.payloads[0]?.data).toMatchObject({ recordChanged: { id: 'second' } });
  });
});

describe('the audience of a stream', () => {
  it('ends its streams with FORBIDDEN when a reload removes it, and no other streams', async () => {
    const { open, append, reload } = await serve({
      audiences: ['partner', 'public'],
      policies: () => ['present'],
    });
    const whole = await open({ query: QUERY, caller: callerCalled('whole') });
    const own = await open({ query: QUERY, caller: callerCalled('own', { audience: 'partner' }) });
    const byPath = await open({ query: QUERY, caller: callerCalled('path'), named: 'partner' });
    const other = await open({ query: QUERY, caller: callerCalled('other'), named: 'public' });
    await reload(PROTECTED_TYPES, { audiences: ['public'] });
    for (const { sink } of [own, byPath]) {
      await sink.until(({ ended }) => ended !== undefined);
      expect(sink.ended?.[0]?.extensions).toEqual({
        code: 'FORBIDDEN',
        retryable: false,
        cursor: expect.any(String),
      });
    }
    await append({});
    for (const { sink } of [whole, other]) await sink.received(1);
  });
});
