import { describe, expect, it, jest } from '@jest/globals';
import { ownResources } from '../subgraphs/test-resources.ts';
import type { UpstreamError } from '../../upstream/upstream-error.ts';
import { get, scopeOf, serve } from './loopback.ts';

const refusal = (call: Promise<unknown>): Promise<UpstreamError> =>
  call.then(
    () => Promise.reject(new Error('The vendor should have refused the call.')),
    (error: unknown) => error as UpstreamError,
  );

describe('the refusal of a vendor', () => {
  it.each([
    ['seconds', '7', 7],
    ['no seconds', '0', 0],
    ['a date to come', 'Sun, 06 Nov 1994 08:51:07 GMT', 90],
    ['a date that is over', 'Sun, 06 Nov 1994 08:49:36 GMT', 0],
    ['more than a day', '86401', 86_400],
    ['more than a number holds', '9'.repeat(400), 86_400],
    ['a date that is years away', 'Fri, 31 Dec 9999 23:59:59 GMT', 86_400],
    ['a word', 'soon', undefined],
    ['less than nothing', '-5', undefined],
    ['a fraction', '1.5', undefined],
    ['nothing', '', undefined],
  ])('says when to retry, with %s in Retry-After', async (_what, value, seconds) => {
    const headers = { date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'retry-after': value };
    const resources = { ...ownResources(), maxTries: 1 };
    await using server = await serve(
      (_request, response) => response.writeHead(429, headers).end('{}'),
      { resources },
    );
    const { extensions } = await refusal(server.client.send(get(), scopeOf()));
    expect(extensions.retryAfter).toBe(seconds);
  });

  it.each([undefined, 'yesterday'])(
    "with a date in Retry-After counts from this server's clock if its own date is %s",
    async (date) => {
      const now = Date.parse('1994-11-06T08:49:37Z');
      const headers = {
        'retry-after': 'Sun, 06 Nov 1994 08:51:07 GMT',
        ...(date !== undefined && { date }),
      };
      const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
      await using server = await serve((_request, response) => {
        response.sendDate = false;
        response.writeHead(429, headers).end('{}');
      });
      const { extensions } = await refusal(server.client.send(get(), scopeOf()));
      clock.mockRestore();
      expect(extensions.retryAfter).toBe(90);
    },
  );
});

describe('the body of a vendor', () => {
  it.each(['\uFEFF{"a":"\uFEFF"}', '{"a":"\uFEFF"}'])(
    'is read with and without a byte order mark: %j',
    async (text) => {
      await using server = await serve((_request, response) => response.end(text));
      expect(await server.client.send(get(), scopeOf())).toEqual({ a: '\uFEFF' });
    },
  );

  it('is requested without compression', async () => {
    await using server = await serve(({ headers }, response) =>
      response.end(JSON.stringify(headers['accept-encoding'])),
    );
    expect(await server.client.send(get(), scopeOf())).toBe('identity');
  });
});
