import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphRequest } from '../../gateway/operation/graph.ts';
import { type ServedSchema, serveSchema } from './serve-schema.ts';
import { sendOperation } from './start-gateway.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let server: ServedSchema;
beforeAll(async () => {
  const show = (_root: unknown, _arguments: unknown, { scope }: GraphRequest) =>
    JSON.stringify({ isBackground: scope.isBackground, forwarded: scope.forwarded });
  server = await serveSchema({
    typeDefs: 'type Query { show: String }',
    resolvers: { Query: { show } },
  });
});
afterAll(() => server.close());

async function show(headers: Record<string, string>) {
  const { data } = await sendOperation(
    server.url,
    { query: '{ show }' },
    { 'x-request-id': 'r', ...headers },
  );
  return JSON.parse(data.show as string) as unknown;
}

describe('services of ours', () => {
  it("receive the client's request id and trace", async () => {
    const forwarded = { 'x-request-id': 'r', traceparent: TRACEPARENT };
    expect(await show({ traceparent: TRACEPARENT })).toEqual({ isBackground: false, forwarded });
  });

  it.each([
    '00-0-0-01',
    TRACEPARENT.toUpperCase(),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `${TRACEPARENT}-x`,
  ])('receive no invalid trace: %s', async (traceparent) => {
    expect(await show({ traceparent })).toEqual({
      isBackground: false,
      forwarded: { 'x-request-id': 'r' },
    });
  });

  it.each(['u=7', 'i, u=7', 'u=7, i', ' u=7;x=1'])(
    'receive the priority of a background request: %s',
    async (priority) => {
      expect(await show({ priority })).toEqual({
        isBackground: true,
        forwarded: { 'x-request-id': 'r', priority: 'u=7' },
      });
    },
  );

  it.each(['u=3', 'u=70', 'xu=7', 'u=7.5', ''])(
    'receive no other priority: %s',
    async (priority) => {
      expect(await show({ priority })).toEqual({
        isBackground: false,
        forwarded: { 'x-request-id': 'r' },
      });
    },
  );
});
