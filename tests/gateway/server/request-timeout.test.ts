import { afterEach, describe, expect, it } from '@jest/globals';
import { serveSchema } from '../serve-schema.ts';
import { sendOperation, startTestGateway, type TestGateway } from '../start-gateway.ts';

const QUERY = '{ customers(first: 1) { nodes { id name } } }';

let gateway: { close(): Promise<void> } | undefined;
afterEach(() => gateway?.close());

async function start(
  mode: 'embedded' | 'distributed',
  environment: Record<string, string>,
): Promise<TestGateway> {
  const started = await startTestGateway({ mode, environment });
  gateway = started;
  return started;
}

describe.each(['embedded', 'distributed'] as const)(
  'x-request-timeout-ms at the %s gateway',
  (mode) => {
    it("ends a request before the server's own deadline", async () => {
      const started = await start(mode, { REQUEST_TIMEOUT_MS: '600000' });
      // Plans and code are there before the time runs.
      await started.query(QUERY);
      started.sandbox.hubspot.fault = 'hang';
      const { status, errors } = await started.query(QUERY, undefined, {
        'x-request-timeout-ms': '300',
      });
      expect([status, errors?.map(({ extensions }) => extensions?.['code'])]).toEqual([
        200,
        ['UPSTREAM_TIMEOUT'],
      ]);
    });

    it("does not prolong the server's own deadline", async () => {
      const started = await start(mode, { REQUEST_TIMEOUT_MS: '300' });
      started.sandbox.hubspot.fault = 'hang';
      const { errors } = await started.query(QUERY, undefined, {
        'x-request-timeout-ms': '999999999',
      });
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UPSTREAM_TIMEOUT']);
    });
  },
);

describe('x-request-timeout-ms', () => {
  it.each(['0', '-1', '1.5', '1e3', 'soon', '', '1000000000', '10, 20'])(
    'is refused with the value "%s"',
    async (asked) => {
      const server = await serveSchema({ typeDefs: 'type Query { hello: String }', resolvers: {} });
      gateway = server;
      const { status, errors } = await sendOperation(
        server.url,
        { query: '{ hello }' },
        { 'x-request-timeout-ms': asked },
      );
      expect([status, errors]).toEqual([
        400,
        [
          {
            message:
              'The header x-request-timeout-ms must be a whole number of milliseconds, from 1 to 999999999.',
            extensions: { code: 'BAD_REQUEST', retryable: false },
          },
        ],
      ]);
    },
  );
});
