import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventOf } from '../../events/changes.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';

describe('a subscription by server-sent events', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  it('sends the record of each change as it is now, with a cursor', async () => {
    const { data } = await gateway.query('{ payments(first: 1) { nodes { id status } } }');
    const [payment] = data.payments.nodes;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query: `subscription ($id: ID) { paymentChanged(id: $id) { id kind payment { id status } } }`,
        variables: { id: payment.id },
      }),
    });
    expect(response.status).toBe(200);
    await gateway.events.log.append([eventOf('pi_other'), eventOf(payment.id)]);
    const [event, payload] = await firstEvent(response);
    expect(event).toBe('next');
    expect(payload).toEqual({
      data: { paymentChanged: { id: payment.id, kind: 'UPDATED', payment } },
      extensions: { cursor: expect.stringMatching(/^\w+\.\d+-\d+$/) },
    });
  });

  it('is refused as a plain POST', async () => {
    const { status, errors } = await gateway.query('subscription { paymentChanged { id } }');
    expect(status).toBe(406);
    expect(errors?.[0]?.message).toContain('A subscription needs a stream.');
  });
});

/** The name and the payload of the first event; leaves the stream then. */
async function firstEvent(response: Response): Promise<readonly [string, unknown]> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const [, event, data] = /event: (\w+)\ndata: (.*)\n\n/.exec(text) ?? [];
    if (event !== undefined && data !== undefined) return [event, JSON.parse(data) as unknown];
  }
  throw new Error('The stream ended without an event.');
}
