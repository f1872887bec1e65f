import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactEncrypt } from 'jose';
import { readCredential } from '../../../gateway/access/credential.ts';
import { type ServedSchema, serveSchema } from '../serve-schema.ts';
import { sendOperation } from '../start-gateway.ts';
import { AUDIENCE, bearer, inSeconds, ISSUER } from './token-issuer.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url');
const json = (value: unknown) => JSON.stringify(value);

const HEADER = json({ alg: 'ES256', typ: 'JWT' });
const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'ada', exp: inSeconds(300) };

/** A token that the issuer has signed, whatever it says. */
function signed(
  header: string,
  payload: string | Buffer,
  encodePayload: (payload: string | Buffer) => string = base64url,
): string {
  const content = `${base64url(header)}.${encodePayload(payload)}`;
  return `${content}.${sign('sha256', Buffer.from(content, 'latin1'), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const withHeader = (more: object) => signed(json({ alg: 'ES256', ...more }), json(CLAIMS));
const withClaims = (more: object) => signed(HEADER, json({ ...CLAIMS, ...more }));
/** Claims that no object of JavaScript could hold. */
const withText = (name: string, value: string) =>
  signed(HEADER, `${json({ ...CLAIMS, [name]: undefined }).slice(0, -1)},"${name}":${value}}`);

const RIGHT = withClaims({});
const [header = '', payload = '', signature = ''] = RIGHT.split('.');
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

const REFUSED: readonly (readonly [string, string])[] = [
  ['no dots', 'garbage'],
  ['dots alone', '..'],
  ['two parts', `${header}.${payload}`],
  ['four parts', `${RIGHT}.${signature}`],
  ['ten thousand parts', '.'.repeat(10_000)],
  ['a header that is no base64url', `${header}=.${payload}.${signature}`],
  ['a header of one letter', `a.${payload}.${signature}`],
  ['an empty header', `.${payload}.${signature}`],
  ['a payload that is no base64url', `${header}.${payload.slice(0, -1)}~.${signature}`],
  ['an empty payload', `${header}..${signature}`],
  ['a signature that is no base64url', `${header}.${payload}.${signature}+`],
  ['an empty signature', `${header}.${payload}.`],
  ['a signature that is too short', `${header}.${payload}.${signature.slice(0, 20)}`],
  ['a signature of zeros', `${header}.${payload}.${base64url(Buffer.alloc(64))}`],
  [
    'a signature in DER',
    `${header}.${payload}.${sign('sha256', Buffer.from(`${header}.${payload}`), privateKey).toString('base64url')}`,
  ],
  ['a header that is no JSON', signed('{"alg":', json(CLAIMS))],
  [
    'a header that is no UTF-8',
    `${base64url(Buffer.from([0x7b, 0xff, 0x7d]))}.${payload}.${signature}`,
  ],
  ['a header that is a list', signed('["ES256"]', json(CLAIMS))],
  ['a header that is null', signed('null', json(CLAIMS))],
  [
    'a header of lists within each other',
    signed(`{"alg":"ES256","x":${nested(3000)}`, json(CLAIMS)),
  ],
  ['a header without an algorithm', signed('{}', json(CLAIMS))],
  ['an algorithm that is a list', signed('{"alg":["ES256"]}', json(CLAIMS))],
  ['two algorithms, the second none', signed('{"alg":"ES256","alg":"none"}', json(CLAIMS))],
  ['an algorithm for another curve', signed('{"alg":"ES512"}', json(CLAIMS))],
  ['a critical extension that nobody knows', withHeader({ crit: ['x'], x: 1 })],
  ['a critical extension that every object has', withHeader({ crit: ['toString'] })],
  ['critical extensions that are no list', withHeader({ crit: 'b64' })],
  ['no critical extensions, in an empty list', withHeader({ crit: [] })],
  ['a critical extension that is missing', withHeader({ crit: ['b64'] })],
  [
    'a payload that is not encoded',
    signed(json({ alg: 'ES256', b64: false, crit: ['b64'] }), 'x', String),
  ],
  ['a payload that is said not to be encoded', withHeader({ b64: false, crit: ['b64'] })],
  ['another token as the payload', signed(json({ alg: 'ES256', cty: 'JWT' }), RIGHT)],
  ['a payload that is no JSON', signed(HEADER, 'x')],
  ['a payload that is no UTF-8', signed(HEADER, Buffer.from([0xff]))],
  ['a payload that is a list', signed(HEADER, json([CLAIMS]))],
  ['a payload that is text', signed(HEADER, json('x'))],
  ['a payload that is null', signed(HEADER, 'null')],
  ['claims below __proto__', signed(HEADER, `{"__proto__":${json(CLAIMS)}}`)],
  ['no claims', signed(HEADER, '{}')],
  ...['exp', 'nbf', 'iat'].flatMap((name): (readonly [string, string])[] => [
    [`${name} as text`, withClaims({ [name]: String(inSeconds(300)) })],
    [`${name} as a list`, withClaims({ [name]: [inSeconds(300)] })],
    [`${name} as null`, withClaims({ [name]: null })],
    [`${name} as NaN`, withText(name, 'NaN')],
    [`${name} as a Boolean`, withClaims({ [name]: true })],
  ]),
  ['an end that is negative', withText('exp', '-1e400')],
  ['a beginning beyond all numbers', withText('nbf', '1e400')],
  ['an audience that is an object', withClaims({ aud: { 0: AUDIENCE } })],
  ['an audience in a list of lists', withClaims({ aud: [[AUDIENCE]] })],
  ['an empty list of audiences', withClaims({ aud: [] })],
  ['an issuer in a list', withClaims({ iss: [ISSUER] })],
  ['a subject that is a number', withClaims({ sub: 1 })],
  ['a subject that is an object', withClaims({ sub: { toString: 'x' } })],
  [
    'three thousand scopes',
    withClaims({ scope: Array.from({ length: 3000 }, (_, n) => n.toString(36)).join(' ') }),
  ],
];

const ACCEPTED: readonly (readonly [string, string])[] = [
  ['a header that says how its content is compressed, which it is not', withHeader({ zip: 'DEF' })],
  [
    'a header with a key of its own, which is not used',
    withHeader({ jwk: { kty: 'oct', k: 'AA' }, jku: 'http://127.0.0.1:1/', x5u: 'x', kid: '../x' }),
  ],
  ['an end in a fraction of a second', withClaims({ exp: inSeconds(300) + 0.5 })],
  ['an end beyond all numbers', withText('exp', '1e400')],
  ['a beginning before 1970', withClaims({ nbf: -1, iat: -1 })],
  [
    'a thousand audiences',
    withClaims({ aud: [...Array.from({ length: 1000 }, (_, n) => String(n)), AUDIENCE] }),
  ],
  [
    'five hundred scopes',
    withClaims({ scope: Array.from({ length: 500 }, (_, n) => `read:${String(n)}`).join(' ') }),
  ],
  ['scopes in a list of other things', withClaims({ scope: [1, null, { a: 1 }, 'a'] })],
  ['a claim __proto__', withText('__proto__', '{"scope":"all"}')],
];

let server: ServedSchema;
beforeAll(async () => {
  const environment = {
    ACCESS: 'closed',
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE: AUDIENCE,
    JWT_PUBLIC_KEY: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
  server = await serveSchema({
    typeDefs: 'type Query { hello: String }',
    resolvers: { Query: { hello: () => 'world' } },
    environment,
  });
});
afterAll(() => server.close());

const askWith = (token: string) => sendOperation(server.url, { query: '{ hello }' }, bearer(token));

describe('a token', () => {
  it.each(REFUSED)('is refused with 401 if it has %s', async (_name, token) => {
    const answer = await askWith(token);
    expect(answer.errors).toEqual([
      { message: expect.any(String), extensions: { code: 'UNAUTHENTICATED', retryable: false } },
    ]);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(
      /error="invalid_token", error_description="[ -~]+"$/,
    );
  });

  it.each(ACCEPTED)('is accepted if it has %s', async (_name, token) => {
    expect(await askWith(token)).toMatchObject({ status: 200, data: { hello: 'world' } });
  });

  it('is refused if it is encrypted', async () => {
    const encrypted = await new CompactEncrypt(Buffer.from(RIGHT))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(randomBytes(32));
    expect(await askWith(encrypted)).toMatchObject({ status: 401 });
  });

  it.each([
    ['exp', 'The claim exp of the token must be a number.'],
    ['nbf', 'The claim nbf of the token must be a number.'],
  ])('gets the reason if %s is text', async (name, message) => {
    expect((await askWith(withClaims({ [name]: 'x' }))).errors?.[0]?.message).toBe(message);
  });

  it('writes no error into the log, with any defect', () => {
    expect(server.log.filter((line) => /"level":[4-6]0/.test(line))).toEqual([]);
  });
});

describe('a credential of more than 8,192 characters', () => {
  it.each([
    ['a token', { authorization: `Bearer ${'a'.repeat(16_000)}` }],
    ['an API key', { 'x-api-key': `trib_${'a'.repeat(16_000)}` }],
  ])('is refused before it is parsed: %s', (_name, headers) => {
    expect(() => readCredential(headers)).toThrow(
      'The credential must have at most 8192 characters.',
    );
  });
});
