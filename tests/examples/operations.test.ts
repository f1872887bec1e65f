import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { subscribe } from '../gateway/streams/read-events.ts';
import { changePayment, firstPayment } from '../gateway/transports/changes.ts';
import { ANSWERED_EXAMPLES, EXAMPLE_SUBSCRIPTIONS } from './example-operations.ts';

describe('the example operations', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });

  afterAll(() => gateway.close());

  it.each(ANSWERED_EXAMPLES)(
    '$file is answered from the sandbox without an error, and its main fields have something to show',
    async ({ query, variables }) => {
      const answer = await gateway.query(query, variables);

      expect(answer.errors).toBeUndefined();
      // A cast: no operation has a root field of another kind.
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

  it.each(EXAMPLE_SUBSCRIPTIONS)(
    '$file sends the record of a change, and its main fields have something to show',
    async ({ query, variables }) => {
      const id = await firstPayment(gateway);
      const stream = await subscribe(gateway.url, { query, variables });
      await changePayment(gateway, id);
      const { payloads } = await stream.until(({ payloads }) => payloads.length > 0);
      stream.close();
      expect(payloads).toEqual([
        {
          data: {
            paymentChanged: {
              kind: 'UPDATED',
              at: expect.any(String),
              payment: {
                status: expect.any(String),
                amount: { amount: expect.any(String), currency: expect.any(String) },
                customer: { name: expect.any(String) },
              },
            },
          },
          extensions: { cursor: expect.any(String) },
        },
      ]);
    },
  );
});

it.each([...ANSWERED_EXAMPLES, ...EXAMPLE_SUBSCRIPTIONS])(
  'the comments of $file fit the editor of the playground',
  ({ query }) => {
    const comments = query.split('\n').filter((line) => line.startsWith('#'));
    expect(comments.filter(({ length }) => length > 58)).toEqual([]);
  },
);
