import { describe, expect, it } from '@jest/globals';
import { createHttpServer, serve } from '../../../gateway/server/http-server.ts';

/** Answers with what it has read. */
function start(bodyKeys?: number) {
  const options = { bodyBytes: 200_000, ...(bodyKeys !== undefined && { bodyKeys }) };
  const app = createHttpServer({ level: 'silent', secrets: [], write: () => undefined }, options);
  serve(app, ['POST'], '/there', (request, reply) => reply.send({ read: request.body }));
  return app;
}
const app = start(10_000);

const send = async (payload: string, type = 'application/json', to = app) => {
  const answer = await to.inject({
    method: 'POST',
    url: '/there',
    headers: { 'content-type': type },
    payload,
  });
  return { status: answer.statusCode, body: answer.json<unknown>() };
};
const lists = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
/** Of a body that is long enough to be looked at. */
const LONG = 'x'.repeat(5000);

describe('a JSON body', () => {
  it.each([
    `["${LONG}",${lists(99)}]`,
    `["${LONG}","${'['.repeat(200)}"]`,
    `["${LONG}","\\"${'{'.repeat(200)}\\\\",{}]`,
  ])('is accepted with few levels and any strings: %#', async (payload) => {
    for (const type of ['application/json', 'application/json; charset=utf-8']) {
      expect(await send(payload, type)).toEqual({
        status: 200,
        body: { read: JSON.parse(payload) as unknown },
      });
    }
  });

  it.each([
    `["${LONG}",${lists(100)}]`,
    '['.repeat(50_000),
    '{"a":'.repeat(10_000),
    `["${LONG}\\\\",${lists(100)}]`,
  ])('is refused if it is nested too deeply: %#', async (payload) => {
    const message = 'The body must have at most 100 levels of nested lists and objects.';
    expect(await send(payload)).toEqual({
      status: 400,
      body: { errors: [{ message, extensions: { code: 'BAD_REQUEST', retryable: false } }] },
    });
  });

  const keys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${String(index)}`, '":"']));

  it('is accepted with the maximum number of keys, or without a maximum', async () => {
    expect(await send(JSON.stringify(keys(10_000)))).toEqual({
      status: 200,
      body: { read: keys(10_000) },
    });
    expect(await send(JSON.stringify(keys(10_001)), 'application/json', start())).toMatchObject({
      status: 200,
    });
  });

  it.each([keys(10_001), [keys(5000), { inner: keys(5000) }]])(
    'is refused with more: %#',
    async (body) => {
      const message = 'The body must have at most 10000 keys, including those of nested objects.';
      expect(await send(JSON.stringify(body))).toEqual({
        status: 400,
        body: { errors: [{ message, extensions: { code: 'BAD_REQUEST', retryable: false } }] },
      });
    },
  );

  it.each(['', '{', '"', `"${LONG}`, '{"__proto__":{}}', '{"constructor":{"prototype":{}}}'])(
    'is refused if it is invalid or dangerous JSON: %#',
    async (payload) => {
      expect(await send(payload)).toMatchObject({
        status: 400,
        body: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
      });
    },
  );
});
