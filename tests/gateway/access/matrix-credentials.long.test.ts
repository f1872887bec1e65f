import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestsSince, startTestGateway, type TestGateway } from '../start-gateway.ts';
import { openRefused, TRANSPORTS } from '../streams/open-test-stream.ts';
import { RawSocket } from '../transports/raw-socket.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';
import { ALL_AT_ONCE, CHANGES, LIMITS, QUERIES } from './matrix/all-forms.ts';
import { readSample, type Sample } from './matrix/sample.ts';
import { bearer, inSeconds, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

let keys: KeyFile;
let issuer: TokenIssuer;
let everything: Record<string, string>;
beforeAll(async () => {
  keys = await createKeyFile();
  issuer = await startTokenIssuer();
  everything = bearer(await keys.add());
  for (const [name, credentialOf] of CREDENTIALS) invalid.set(name, await credentialOf());
});
afterAll(async () => {
  await keys.remove();
  await issuer.close();
});

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** All would have every scope, were they right. */
const ALL = { scope: 'personal:read payments:read payments:write crm:write' };

const CREDENTIALS: readonly (readonly [string, () => Promise<Record<string, string>>])[] = [
  [
    'a token that has expired',
    async () => bearer(await issuer.token({ claims: { ...ALL, exp: inSeconds(-60) } })),
  ],
  [
    'a token of another issuer',
    async () => bearer(await issuer.token({ claims: { ...ALL, iss: 'https://other.test/' } })),
  ],
  [
    'a token for another audience',
    async () => bearer(await issuer.token({ claims: { ...ALL, aud: 'https://other.test' } })),
  ],
  [
    'a token that nothing signs',
    async () => {
      const [, payload] = (await issuer.token({ claims: ALL })).split('.');
      return bearer(`${encode({ alg: 'none' })}.${String(payload)}.`);
    },
  ],
  [
    'a key that was revoked',
    async () => bearer(await keys.add({ revokedAt: new Date(Date.now() - 1000).toISOString() })),
  ],
];
/** It requires no scope. */
const CHANGED = 'subscription { companyChanged { id } }';
const KNOWN = '{ customers(first: 1) { nodes { name } } }';

const invalid = new Map<string, Record<string, string>>();

/** A WebSocket is closed before its acknowledgement. */
async function expectNoStream(
  gateway: TestGateway,
  headers: Record<string, string>,
): Promise<void> {
  for (const transport of TRANSPORTS) {
    if (transport === 'websocket') {
      const socket = await RawSocket.open(gateway.url);
      socket.send({ type: 'connection_init', payload: headers });
      expect(await socket.closed).toEqual([4403, 'Forbidden']);
      expect(socket.waiting).toEqual([]);
    } else {
      const { status, error } = await openRefused(gateway, CHANGED, { transport, headers });
      expect([transport, status, error?.extensions]).toEqual([
        transport,
        401,
        { code: 'UNAUTHENTICATED', retryable: false },
      ]);
    }
  }
}

describe.each(['embedded', 'distributed'] as const)('the %s gateway', (mode) => {
  let open: TestGateway;
  let closed: TestGateway;
  let variables: Sample;
  beforeAll(async () => {
    const environment = { ...issuer.environment, ...LIMITS, API_KEYS_FILE: keys.path };
    open = await startTestGateway({ mode, environment });
    closed = await startTestGateway({
      mode,
      environment: { ...environment, ACCESS: 'closed' },
      sandbox: open.sandbox,
    });
    variables = await readSample(open, everything);
    // They have come before, so that what is known of them is no way round.
    for (const gateway of [open, closed]) {
      for (const text of [ALL_AT_ONCE.text, KNOWN, KNOWN])
        expect((await send(gateway, text, everything)).status).toBe(200);
    }
  });
  afterAll(async () => {
    await closed.close();
    await open.close();
  });

  const send = (gateway: TestGateway, text: string, headers: Record<string, string>) =>
    gateway.query(text, { ...variables, yes: true, no: false }, headers);

  const everyAnswer = async (gateway: TestGateway, headers: Record<string, string>) => {
    const texts = [...QUERIES.map(([, { text }]) => text), CHANGES.text, KNOWN];
    const answers = await Promise.all(texts.map((text) => send(gateway, text, headers)));
    const search = new URLSearchParams({ query: KNOWN }).toString();
    const byGet = await fetch(`${gateway.url}/graphql?${search}`, {
      headers: { 'apollo-require-preflight': '1', ...headers },
    });
    return [
      ...answers.map(({ status, data, errors }) => ({ status, data, errors })),
      { status: byGet.status, ...((await byGet.json()) as object) },
    ];
  };

  const expectNothing = async (gateway: TestGateway, headers: Record<string, string>) => {
    const since = performance.now();
    for (const answer of await everyAnswer(gateway, headers)) {
      expect(answer).toEqual({
        status: 401,
        errors: [
          {
            message: expect.any(String),
            extensions: { code: 'UNAUTHENTICATED', retryable: false },
          },
        ],
      });
    }
    await expectNoStream(gateway, headers);
    expect(requestsSince(since, gateway.sandbox)).toEqual([]);
  };

  it.each(CREDENTIALS.map(([name]) => name))(
    'returns no data to %s, for any operation, and makes no vendor call',
    async (name) => {
      for (const gateway of [open, closed]) await expectNothing(gateway, invalid.get(name) ?? {});
    },
  );

  it('returns no data without a credential if access is closed, for any operation, and makes no vendor call', async () => {
    await expectNothing(closed, {});
  });
});
