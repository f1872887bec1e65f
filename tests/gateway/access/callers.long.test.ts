import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  sendOperation,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from '../start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';
import { bearer, inSeconds, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

const PAST = new Date(Date.now() - 1000).toISOString();
const QUERY = '{ customers(first: 1) { nodes { id name payments { nodes { id } } } } }';

let issuer: TokenIssuer;
let keys: KeyFile;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  keys = await createKeyFile();
});
afterAll(async () => {
  await issuer.close();
  await keys.remove();
});

type Headers = Record<string, string>;

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const payloadOf = (token: string) => token.split('.')[1] ?? '';
const withoutLast = (text: string) => text.slice(0, -1);

/** Whoever is let in nowhere, and what they are told. */
const REFUSED: readonly (readonly [string, () => Headers | Promise<Headers>, string])[] = [
  [
    'a token that has expired',
    async () => bearer(await issuer.token({ claims: { exp: inSeconds(-60) } })),
    'The token has expired.',
  ],
  [
    'a token that is not valid yet',
    async () => bearer(await issuer.token({ claims: { nbf: inSeconds(60) } })),
    'not valid yet',
  ],
  [
    'a token of another issuer',
    async () => bearer(await issuer.token({ claims: { iss: 'https://other.test/' } })),
    'an issuer that this server does not trust',
  ],
  [
    'a token for another audience',
    async () => bearer(await issuer.token({ claims: { aud: 'https://other.test' } })),
    'another audience',
  ],
  [
    'a token without an end',
    async () => bearer(await issuer.token({ claims: { exp: undefined } })),
    'must have an expiry time',
  ],
  [
    'a token of nobody',
    async () => bearer(await issuer.token({ claims: { sub: '' } })),
    'must identify its owner',
  ],
  [
    'a token that is not signed',
    async () => bearer(`${encode({ alg: 'none' })}.${payloadOf(await issuer.token())}.`),
    'signed with an algorithm that this server does not accept',
  ],
  [
    'a token signed with the public key as a secret',
    async () =>
      bearer(await issuer.token({ header: { alg: 'HS256' }, key: Buffer.from(issuer.key.pem) })),
    'signed with an algorithm that this server does not accept',
  ],
  [
    'a token of an unknown key',
    async () => bearer(await issuer.token({ header: { kid: 'other' } })),
    'a key that its issuer does not publish',
  ],
  [
    'a token whose claims were changed',
    async () => {
      const [header = '', payload = '', signature = ''] = (await issuer.token()).split('.');
      const claims = {
        ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object),
        scope: 'all',
      };
      return bearer([header, encode(claims), signature].join('.'));
    },
    'The signature of the token is invalid.',
  ],
  [
    'a token that was cut off',
    async () => bearer(withoutLast((await issuer.token()).split('.').slice(0, 2).join('.'))),
    'is malformed',
  ],
  ['garbage', () => bearer('garbage'), 'is malformed'],
  ['nothing behind Bearer', () => ({ authorization: 'Bearer ' }), 'must be: Bearer'],
  [
    'a user name and a password',
    () => ({ authorization: 'Basic dXNlcjpwYXNz' }),
    'must be: Bearer',
  ],
  [
    'a key that was revoked',
    async () => bearer(await keys.add({ revokedAt: PAST })),
    'The API key was revoked.',
  ],
  [
    'a key that has expired',
    async () => ({ 'x-api-key': await keys.add({ expiresAt: PAST }) }),
    'The API key has expired.',
  ],
  [
    'a key with a typo',
    async () => bearer((await keys.add()).replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))),
    'mistyped',
  ],
  [
    'a key that was cut off',
    async () => ({ 'x-api-key': withoutLast(await keys.add()) }),
    'mistyped',
  ],
  [
    'a key of nobody',
    async () => bearer(await (await createKeyFile()).add()),
    'The API key is unknown.',
  ],
  [
    'a key with the id of another',
    async () => bearer(await keys.add({ hash: '0'.repeat(64) })),
    'The API key is unknown.',
  ],
  [
    'two credentials',
    async () => ({ ...bearer(await issuer.token()), 'x-api-key': await keys.add() }),
    'Send only one credential',
  ],
];

const ACCEPTED: readonly (readonly [string, () => Promise<Headers>])[] = [
  ['a token that is right', async () => bearer(await issuer.token())],
  [
    'a token for several audiences',
    async () => bearer(await issuer.token({ claims: { aud: ['x', 'https://graph.test'] } })),
  ],
  [
    'a token that expired within the tolerance',
    async () => bearer(await issuer.token({ claims: { exp: inSeconds(-1) } })),
  ],
  ['a key that is right', async () => bearer(await keys.add())],
  ['a key in its own header', async () => ({ 'x-api-key': await keys.add() })],
];

/** How long the file of keys may count as read. */
const settled = async (headers: Headers, gateway: TestGateway) => {
  let answer = await gateway.query(QUERY, {}, headers);
  while (answer.errors?.[0]?.message === 'The API key is unknown.')
    answer = await gateway.query(QUERY, {}, headers);
  return answer;
};

describe.each(['embedded', 'distributed'] as const)('the %s gateway', (mode) => {
  const started: TestGateway[] = [];
  let closed: TestGateway;
  let open: TestGateway;
  beforeAll(async () => {
    const environment = { ...issuer.environment, API_KEYS_FILE: keys.path };
    closed = await startTestGateway({ mode, environment: { ...environment, ACCESS: 'closed' } });
    open = await startTestGateway({ mode, environment });
    started.push(closed, open);
  });
  afterAll(async () => {
    for (const gateway of started) await gateway.close();
  });

  it.each(REFUSED)(
    'refuses %s, with open and closed access, without a call to a vendor',
    async (_name, headersOf, message) => {
      const headers = await headersOf();
      for (const gateway of [closed, open]) {
        const since = performance.now();
        const answer = message.includes('unknown')
          ? await gateway.query(QUERY, {}, headers)
          : await settled(headers, gateway);
        expect(answer).toMatchObject({ status: 401, data: undefined });
        expect(answer.errors).toEqual([
          {
            message: expect.stringContaining(message),
            extensions: { code: 'UNAUTHENTICATED', retryable: false },
          },
        ]);
        expect(answer.headers.get('www-authenticate')).toMatch(
          /^Bearer realm="tributary", error="invalid_token", error_description="[^"\\]+"$/,
        );
        expect(requestsSince(since, gateway.sandbox)).toEqual([]);
      }
    },
  );

  it.each(ACCEPTED)('accepts %s, also for a repeated request', async (_name, headersOf) => {
    const headers = await headersOf();
    for (let time = 0; time < 3; time += 1)
      expect(await settled(headers, closed)).toMatchObject({ status: 200, errors: undefined });
  });

  it('refuses requests without a credential if access is closed: by POST, by GET, for the schema, and for known operations', async () => {
    const headers = bearer(await issuer.token());
    for (let time = 0; time < 3; time += 1) await closed.query(QUERY, {}, headers);
    const since = performance.now();
    const get = { headers: { 'apollo-require-preflight': '1' } };
    const answers = [
      await fetch(`${closed.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: QUERY }),
      }),
      await fetch(`${closed.url}/graphql`, { method: 'POST', body: 'no JSON' }),
      await fetch(`${closed.url}/graphql?query=${encodeURIComponent(QUERY)}`, get),
      await fetch(`${closed.url}/schema.graphql`),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tributary"');
      expect(await answer.json()).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED', retryable: false } }],
      });
    }
    expect(requestsSince(since, closed.sandbox)).toEqual([]);
    expect((await fetch(`${closed.url}/schema.graphql`, { headers })).status).toBe(200);
  });

  it('serves health, metrics and map images without a credential', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      expect((await fetch(closed.url + path)).status).toBe(200);
    const { data } = await closed.query(
      '{ customers(first: 1) { nodes { address { map(width: 100, height: 100) { path } } } } }',
      {},
      bearer(await issuer.token()),
    );
    const path = String(data.customers.nodes[0].address.map.path);
    expect((await fetch(new URL(path, closed.url))).headers.get('content-type')).toMatch(
      /^image\//,
    );
  });

  it('accepts requests without a credential if access is open', async () => {
    expect(await open.query(QUERY)).toMatchObject({ status: 200, errors: undefined });
  });

  it('logs the caller and never the credential', async () => {
    const [token, key] = [await issuer.token({ claims: { sub: 'grace' } }), await keys.add()];
    await closed.query(QUERY, {}, bearer(token));
    await settled(bearer(key), closed);
    await closed.query(QUERY, {}, bearer(`${token}x`));
    const metrics = await Promise.all(
      closed.urls.map(async (url) => (await fetch(`${url}/metrics`)).text()),
    );
    const lines = closed.log.join('');
    expect(lines).toContain('"caller":"jwt:https://issuer.test/|grace"');
    expect(lines).toContain(`"caller":"key:${key.slice(5, 17)}"`);
    const output = lines + metrics.join('');
    for (const secret of [token, key, payloadOf(token), key.slice(17)])
      expect(output).not.toContain(secret);
    expect(metrics[0]).toMatch(/UNAUTHENTICATED/);
  });
});

it('a request to the gateway cannot set the signed-caller header', async () => {
  const gateway = await startTestGateway({
    environment: { ACCESS: 'closed', API_KEYS_FILE: keys.path },
  });
  expect(
    await sendOperation(gateway.url, { query: QUERY }, { 'x-tributary-caller': 'x' }),
  ).toMatchObject({
    status: 401,
  });
  expect(
    await sendOperation(gateway.url, { query: QUERY }, bearer(await issuer.token())),
  ).toMatchObject({
    status: 401,
  });
  await gateway.close();
});
