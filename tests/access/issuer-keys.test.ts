import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Caller } from '../../access/caller.ts';
import { createTokenCheck } from '../../access/jwt/token-check.ts';
import { CodedError } from '../../errors/coded-error.ts';
import { TIMERS } from './timers.ts';
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
  check.logTo({ info: () => undefined, warn: (fields, message) => warnings.push(`${message} ${JSON.stringify(fields)}`) });
});
afterEach(async () => {
  jest.useRealTimers();
  await issuer.close();
});

const pass = (seconds: number) => {
  jest.setSystemTime(Date.now() + seconds * 1000);
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'let in',
    (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
  );

describe('the keys that an issuer publishes', () => {
  it('are read once for all tokens', async () => {
    const tokens = await Promise.all(['a', 'b', 'c'].map((sub) => issuer.token({ claims: { sub } })));
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

  it('are not asked for by a flood of tokens with keys that nobody knows', async () => {
    await identify(await issuer.token());
    for (let round = 0; round < 3; round += 1) {
      pass(31);
      const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => issuer.token({ header: { kid: `x${String(n)}` } })));
      expect(new Set(await Promise.all(tokens.map((token) => codeOf(identify(token)))))).toEqual(new Set(['UNAUTHENTICATED']));
    }
    expect(issuer.readings).toBe(4);
  });

  it.each([
    [
      'does not answer',
      (response: { destroy(): void }) => {
        response.destroy();
      },
      'no answer',
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
      'no JSON',
    ],
  ])('cannot be had where the issuer %s, which is told as what it is, once in a while', async (_name, fault, reason) => {
    issuer.fault = fault;
    const token = await issuer.token();
    const errors = [];
    for (let time = 0; time < 5; time += 1) errors.push(await identify(token).catch((error: unknown) => error));
    for (const error of errors) {
      expect(error).toMatchObject({
        message: 'Who asks cannot be checked at the moment. Try again later.',
        extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfter: 5 },
      });
    }
    expect(issuer.readings).toBe(1);
    expect(warnings).toEqual([`the token issuer's keys cannot be read {"reason":"${reason}"}`]);
    issuer.fault = null;
    pass(6);
    expect(await codeOf(identify(token))).toBe('let in');
  });

  it('go on while the issuer is out of reach, however old they are', async () => {
    await identify(await issuer.token());
    issuer.fault = (response) => response.destroy();
    pass(3600);
    expect(await codeOf(identify(await issuer.token()))).toBe('let in');
    // It may be signed with a new one, so nobody can tell.
    expect(await codeOf(identify(await issuer.token({ header: { kid: 'x' } })))).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('are forgotten when they are no longer published', async () => {
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

describe('a token', () => {
  it('is let in until it expires, known or not', async () => {
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
