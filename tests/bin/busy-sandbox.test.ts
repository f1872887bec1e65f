import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { type EventReader, subscribe } from '../gateway/streams/read-events.ts';

describeBuilt('a gateway without keys, with SANDBOX_EVENTS=busy', () => {
  let gateway: Program;
  const streams: EventReader[] = [];
  beforeAll(async () => {
    gateway = startProgram('gateway.js', [], {
      PORT: '0',
      LOG_LEVEL: 'error',
      SANDBOX_EVENTS: 'busy',
    });
    await gateway.url;
  });
  afterAll(async () => {
    for (const stream of streams) stream.close();
    await gateway.end();
  });

  it('sends changes of each vendor to subscribers, and names their newest events', async () => {
    const url = await gateway.url;
    for (const query of [
      'subscription { dealChanged { id deal { title } } }',
      'subscription { paymentChanged { id payment { status } } }',
    ])
      streams.push(await subscribe(url, { query }));
    for (const stream of streams) await stream.until(({ payloads }) => payloads.length > 0);

    expect(streams.map(({ payloads }) => payloads[0])).toMatchObject([
      { data: { dealChanged: { id: expect.any(String), deal: { title: expect.any(String) } } } },
      {
        data: {
          paymentChanged: { id: expect.any(String), payment: { status: expect.any(String) } },
        },
      },
    ]);
    const health = await (await fetch(`${url}/health/ready`)).json();
    expect(health).toMatchObject({
      events: {
        hubspot: { newest: expect.any(String) },
        stripe: { newest: expect.any(String) },
      },
    });
  });
});
