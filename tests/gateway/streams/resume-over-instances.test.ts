import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenEvents } from '../../../events/open-events.ts';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { eventOf } from '../../events/changes.ts';
import { openEventsInMemory } from '../open-test-events.ts';
import { requestsSince, startTestGateway, type TestGateway } from '../start-gateway.ts';
import { type EventReader, expectAscendingCursors, idsOf, subscribe } from './read-events.ts';

const QUERY = 'subscription { paymentChanged { id kind } }';

describe('two instances that share one log', () => {
  let sandbox: Sandbox;
  let events: OpenEvents;
  let instances: readonly [TestGateway, TestGateway];
  const streams: EventReader[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox();
    events = await openEventsInMemory();
    const options = { sandbox, events, environment: { CALLER_MAX_STREAMS: '100' } };
    instances = [await startTestGateway(options), await startTestGateway(options)];
  });
  afterAll(async () => {
    for (const stream of streams) stream.close();
    for (const instance of instances) await instance.close();
    await events.close();
    await sandbox.close();
  });

  const follow = async (instance: number, body: object, headers = {}) => {
    const stream = await subscribe(instances[instance % 2]?.url ?? '', body, headers);
    streams.push(stream);
    return stream;
  };
  const append = (...ids: readonly string[]) => events.log.append(ids.map((id) => eventOf(id)));

  it('continue each other’s streams: ten resumes, no change missed and none twice within a stream', async () => {
    const { headers } = await instances[0].query('{ __typename }');
    let cursor = headers.get('x-tributary-cursor') ?? '';
    const all: string[] = [];
    const seen = new Set<string>();
    for (let resume = 0; resume < 10; resume += 1) {
      const before = Array.from(
        { length: 7 },
        (_, index) => `pi_${String(resume)}_${String(index)}`,
      );
      await append(...before);
      const stream = await follow(resume, { query: QUERY, extensions: { resumeFrom: cursor } });
      const during = [`pi_${String(resume)}_a`, `pi_${String(resume)}_b`];
      await append(...during);
      all.push(...before, ...during);
      // Its connection is lost at some payload.
      const enough = 1 + ((resume * 5) % 9);
      await stream.until(({ payloads }) => payloads.length >= enough);
      stream.close();
      expectAscendingCursors(stream);
      for (const id of idsOf(stream)) seen.add(id);
      cursor = stream.payloads.at(-1)?.extensions?.cursor ?? cursor;
    }
    const last = await follow(1, { query: QUERY }, { 'last-event-id': cursor });
    await append('pi_end');
    await last.until((stream) => idsOf(stream).includes('pi_end'));
    for (const id of idsOf(last)) seen.add(id);
    expect([...seen].sort()).toEqual([...all, 'pi_end'].sort());
    expect(new Set(idsOf(last)).size).toBe(last.payloads.length);
  });

  it('tell a query’s client from where to subscribe: in a header, and on request in the extensions', async () => {
    const { headers, extensions } = await instances[0].query(
      '{ __typename }',
      {},
      {
        'x-tributary-cursor': '1',
        origin: 'https://shop.example.com',
      },
    );
    expect(headers.get('x-tributary-cursor')).toMatch(/^\w+\.\d+-\d+$/);
    expect(extensions).toEqual({ cursor: headers.get('x-tributary-cursor') });
    await append('pi_after_the_query');
    const stream = await follow(1, {
      query: QUERY,
      extensions: { resumeFrom: headers.get('x-tributary-cursor') },
    });
    await stream.until(({ payloads }) => payloads.length > 0);
    expect(idsOf(stream)).toEqual(['pi_after_the_query']);
  });

  it('read a payment once for twenty equal streams', async () => {
    const { data } = await instances[0].query('{ payments(first: 1) { nodes { id } } }');
    const [{ id }] = data.payments.nodes;
    const query = `subscription ($id: ID) { paymentChanged(id: $id) { payment { id status } } }`;
    const equal = await Promise.all(
      Array.from({ length: 20 }, () => follow(0, { query, variables: { id } })),
    );
    const since = performance.now();
    await append(id);
    for (const stream of equal) await stream.until(({ payloads }) => payloads.length > 0);
    expect(requestsSince(since, sandbox)).toHaveLength(1);
  });

  it('end their streams with SERVER_DRAINING and a cursor when they end, which open streams do not delay', async () => {
    const third = await startTestGateway({ sandbox, events });
    const stream = await subscribe(third.url, { query: QUERY });
    await third.close();
    await stream.until(({ isComplete }) => isComplete);
    const [error] = stream.payloads.at(-1)?.errors ?? [];
    expect(error?.extensions).toEqual({
      code: 'SERVER_DRAINING',
      retryable: true,
      cursor: expect.stringMatching(/^\w+\.\d+-\d+$/),
    });
  });
});
