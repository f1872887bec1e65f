import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Caller } from '../../../request/caller.ts';
import { createTokenCheck } from '../../../gateway/access/jwt/token-check.ts';
import { CodedError } from '../../../errors/coded-error.ts';
import { TIMERS } from '../../timers.ts';
import { AUDIENCE, ISSUER, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

let issuer: TokenIssuer;
let identify: (token: string) => Promise<Caller>;
const warnings: string[] = [];

beforeEach(async () => {
  // The clock alone: connections need their timers.
  jest.useFakeTimers({ doNotFake: [...TIMERS] });
  issuer = await startTokenIssuer();
  const check = createTokenCheck({
    issuer: ISSUER,
    audiences: [AUDIENCE],
    keys: new URL(issuer.environment['JWT_JWKS_URL'] ?? ''),
    clockToleranceSeconds: 5,
    scopeClaim: undefined,
  });
  identify = async (token) => check.identify(token);
  warnings.length = 0;
  check.logTo({
    info: () => undefined,
    warn: (fields, message) => warnings.push(`${message} ${JSON.stringify(fields)}`),
  });
});
afterEach(async () => {
  jest.useRealTimers();
  await issuer.close();
});

const pass = (seconds: number) => {
  jest.setSystemTime(Date.now() + seconds * 1000);
};
const answer = (text: string) => (response: ServerResponse) => {
  response.end(text);
};
const compressed = (response: ServerResponse) => {
  response.setHeader('content-encoding', 'gzip').end(gzipSync(' '.repeat(10_000_000)));
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'let in',
    (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
  );

describe('the keys that an issuer publishes', () => {
  it('are read once for all tokens', async () => {
    const tokens = await Promise.all(
      ['a', 'b', 'c'].map((sub) => issuer.token({ claims: { sub } })),
    );
    const ids = await Promise.all(tokens.map(async (token) => (await identify(token)).id));
    expect(ids).toEqual(['a', 'b', 'c'].map((sub) => `jwt:${ISSUER}|${sub}`));
    expect(issuer.readings).toBe(1);
  });

  it('are read again for a token that is signed with another', async () => {
    await identify(await issuer.token());
    await issuer.rotate();
    pass(31);
    expect(await codeOf(identify(await issuer.token()))).toBe('let in');
    expect(issuer.readings).toBe(2);
  });

  it('are not requested for a flood of tokens with unknown keys', async () => {
    await identify(await issuer.token());
    for (let round = 0; round < 3; round += 1) {
      pass(31);
      const tokens = await Promise.all(
        Array.from({ length: 20 }, (_, n) => issuer.token({ header: { kid: `x${String(n)}` } })),
      );
      expect(new Set(await Promise.all(tokens.map((token) => codeOf(identify(token)))))).toEqual(
        new Set(['UNAUTHENTICATED']),
      );
    }
    expect(issuer.readings).toBe(4);
  });

  it.each([
    [
      'does not answer',
      (response: { destroy(): void }) => {
        response.destroy();
      },
      'no response',
    ],
    [
      'fails',
      (response: { writeHead(status: number): { end(): void } }) => {
        response.writeHead(500).end();
      },
      'status 500',
    ],
    [
      'answers with a page',
      (response: { end(text: string): void }) => {
        response.end('<html>');
      },
      'not JSON',
    ],
    ['answers with JSON of another kind', answer('[]'), 'not a key set'],
    ['answers with keys that are no list', answer('{"keys":{}}'), 'not a key set'],
    ['answers with nothing', answer(''), 'not JSON'],
    ['answers without end', answer(`{"keys":[${' '.repeat(300_000)}]}`), 'more than 262144 bytes'],
    ['answers with a small text that would unpack to a huge one', compressed, 'not JSON'],
    [
      'redirects elsewhere',
      (response: ServerResponse) => {
        response.writeHead(302, { location: '/other' }).end();
      },
      'status 302',
    ],
    [
      'answers with half of its keys',
      (response: ServerResponse) => {
        response
          .writeHead(200, { 'content-length': 1000 })
          .write('{"keys":[', () => response.destroy());
      },
      'no response',
    ],
  ])(
    'cannot be loaded if the issuer %s, which is logged once in a while',
    async (_name, fault, reason) => {
      issuer.fault = fault;
      const token = await issuer.token();
      const errors = [];
      for (let time = 0; time < 5; time += 1)
        errors.push(await identify(token).catch((error: unknown) => error));
      for (const error of errors) {
        expect(error).toMatchObject({
          message: 'The credential cannot be checked at the moment. Try again later.',
          extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfter: 5 },
        });
      }
      expect(issuer.readings).toBe(1);
      expect(warnings).toEqual([`the token issuer's keys cannot be read {"reason":"${reason}"}`]);
      issuer.fault = null;
      pass(6);
      expect(await codeOf(identify(token))).toBe('let in');
    },
  );

  it.each([
    ['that never begins', () => undefined],
    [
      'that never ends',
      (response: ServerResponse) => {
        const drip = setInterval(() => response.write(' '), 500);
        response.once('close', () => {
          clearInterval(drip);
        });
      },
    ],
  ])(
    'time out after five seconds: a response %s',
    async (_name, fault) => {
      issuer.fault = fault;
      expect(await codeOf(identify(await issuer.token()))).toBe('UPSTREAM_UNAVAILABLE');
      expect(warnings).toEqual([`the token issuer's keys cannot be read {"reason":"no response"}`]);
    },
    20_000,
  );

  it('remain valid while the issuer cannot be reached, at any age', async () => {
    await identify(await issuer.token());
    issuer.fault = (response) => response.destroy();
    pass(3600);
    expect(await codeOf(identify(await issuer.token()))).toBe('let in');
    // It may be signed with a new one, so nobody can tell.
    expect(await codeOf(identify(await issuer.token({ header: { kid: 'x' } })))).toBe(
      'UPSTREAM_UNAVAILABLE',
    );
  });

  it('are removed when they are no longer published', async () => {
    const token = await issuer.token({ claims: { exp: Math.floor(Date.now() / 1000) + 36_000 } });
    await identify(token);
    await issuer.rotate();
    pass(601);
    // The old ones serve this one still, while they are read again in the background.
    await identify(token);
    let code: string | undefined = 'let in';
    while (code === 'let in') {
      pass(301);
      code = await codeOf(identify(token));
    }
    expect(code).toBe('UNAUTHENTICATED');
  });
});

const rsa = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });
const WEAK = rsa(1024);

const unsigned = (header: object) =>
  `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.AAAA`;

describe('a published key', () => {
  const publish = (...keys: unknown[]) => {
    issuer.fault = answer(JSON.stringify({ keys }));
  };

  it.each([
    ['of a kind that nobody knows', (key: object) => ({ ...key, kty: 'XYZ' })],
    ['without a kind', (key: object) => ({ ...key, kty: undefined })],
    ['of another kind', (key: object) => ({ ...key, kty: 'RSA' })],
    ['on another curve', (key: object) => ({ ...key, crv: 'P-521' })],
    ['that is not on its curve', (key: { x?: string }) => ({ ...key, y: key.x })],
    ['whose parameters are no text', (key: object) => ({ ...key, x: 1 })],
    ['that is private', (key: object) => ({ ...key, d: 'AAAA' })],
    ['that is a secret', ({ kid }: { kid?: string }) => ({ kty: 'oct', kid, k: 'AAAA' })],
    ['for another algorithm', (key: object) => ({ ...key, alg: 'ES512' })],
    ['for the algorithm of another kind', (key: object) => ({ ...key, alg: 'RS256' })],
    ['for encryption', (key: object) => ({ ...key, use: 'enc' })],
    ['for another use', (key: object) => ({ ...key, use: 'x' })],
    ['for other operations', (key: object) => ({ ...key, key_ops: ['encrypt'] })],
    ['whose operations are no list', (key: object) => ({ ...key, key_ops: 'verify' })],
    ['whose id is a number', (key: object) => ({ ...key, kid: 1 })],
    ['that is null', () => null],
    ['that is a list', () => []],
  ])('%s is ignored, and the others are used', async (_name, change) => {
    publish(change(issuer.key.published), { ...rsa(2048), kid: 'other' });
    const error: unknown = await identify(await issuer.token()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: 'The token is signed with a key that its issuer does not publish.',
      extensions: { code: 'UNAUTHENTICATED' },
    });
  });

  it('is used with any other properties', async () => {
    publish({
      ...issuer.key.published,
      key_ops: ['verify', 'encrypt', 'verify'],
      ext: 'x',
      x5c: 1,
      oth: 'y',
    });
    expect(await codeOf(identify(await issuer.token()))).toBe('let in');
  });

  it('is ignored if it is too weak', async () => {
    publish({ ...WEAK, kid: issuer.key.kid });
    expect(await codeOf(identify(unsigned({ alg: 'RS256', kid: issuer.key.kid })))).toBe(
      'UNAUTHENTICATED',
    );
  });

  it('is logged once if it is unusable', async () => {
    publish({ ...issuer.key.published, kty: 'XYZ' }, issuer.key.published, WEAK, {
      ...issuer.key.published,
      use: 'enc',
    });
    for (let time = 0; time < 3; time += 1) {
      expect(await codeOf(identify(await issuer.token({ claims: { time } })))).toBe('let in');
      pass(31);
      expect(await codeOf(identify(await issuer.token({ header: { kid: 'unknown' } })))).toBe(
        'UNAUTHENTICATED',
      );
    }
    expect(warnings).toEqual([
      'the token issuer publishes keys that cannot check tokens {"unusable":2,"usable":1}',
    ]);
  });

  it('is not chosen if several keys match the token', async () => {
    publish(issuer.key.published, { ...issuer.key.published });
    const error: unknown = await identify(await issuer.token()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: "The token must say which of its issuer's keys signed it: the header kid.",
    });
    expect(await codeOf(identify(unsigned({ alg: 'ES256' })))).toBe('UNAUTHENTICATED');
  });
});

describe('a token', () => {
  it('is accepted until it expires, cached or not', async () => {
    const token = await issuer.token();
    expect(await codeOf(identify(token))).toBe('let in');
    pass(299);
    expect(await codeOf(identify(token))).toBe('let in');
    pass(7);
    expect(await codeOf(identify(token))).toBe('UNAUTHENTICATED');
  });

  it.each([
    [{ scope: 'a b' }, ['a', 'b']],
    [{ scope: '' }, []],
    [{ scope: null, scp: ['a', 'b'], permissions: ['c'] }, ['a', 'b']],
    [{ scope: null, scp: 'a b' }, ['a', 'b']],
    [{ scope: null, permissions: ['c', 1, null] }, ['c']],
    [{ scope: null }, []],
  ])('has the scopes of its claims %j', async (claims, scopes) => {
    const { scopes: read } = await identify(await issuer.token({ claims: claims }));
    expect(read).toEqual(new Set(scopes));
  });
});
