import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bearer, inSeconds, startTokenIssuer, type TokenIssuer } from '../access/token-issuer.ts';
import { createKeyFile, type KeyFile } from '../access/key-file.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { type EventReader, subscribe } from './read-events.ts';

const QUERY = 'subscription { paymentChanged { id kind } }';
const READ = ['payments:read'];

describe('the credential of a stream', () => {
  let keys: KeyFile;
  let issuer: TokenIssuer;
  let gateway: TestGateway;
  let kept: string;
  let narrowed: string;
  let revoked: string;
  beforeAll(async () => {
    keys = await createKeyFile();
    // Before the first request: the file is looked at once a second.
    kept = await keys.add({ scopes: READ });
    narrowed = await keys.add({ scopes: READ, name: 'narrowed' });
    revoked = await keys.add({ scopes: READ, name: 'revoked' });
    issuer = await startTokenIssuer();
    gateway = await startTestGateway({
      environment: {
        ...issuer.environment,
        ACCESS: 'closed',
        API_KEYS_FILE: keys.path,
        JWT_CLOCK_TOLERANCE: '0',
      },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
    await keys.remove();
  });

  const subscribeWith = (credential: string) =>
    subscribe(gateway.url, { query: QUERY }, bearer(credential));

  it('ends its streams with TOKEN_EXPIRED when the key is revoked, and no others', async () => {
    const [other, stream] = [await subscribeWith(kept), await subscribeWith(revoked)];
    const { id = '' } = (await keys.ring.list()).find(({ name }) => name === 'revoked') ?? {};
    await keys.ring.revoke(id, new Date().toISOString());
    await stream.until(({ isComplete }) => isComplete);
    expect(codeOf(stream)).toBe('TOKEN_EXPIRED');
    expect(other.isComplete).toBe(false);
    other.close();
  });

  it('ends its streams with TOKEN_EXPIRED, and a cursor, when the token expires', async () => {
    const token = await issuer.token({
      claims: { scope: 'payments:read', exp: inSeconds(2) },
    });
    const stream = await subscribeWith(token);
    expect(stream.status).toBe(200);
    await stream.until(({ isComplete }) => isComplete);
    expect(stream.payloads.at(-1)?.errors?.[0]?.extensions).toEqual({
      code: 'TOKEN_EXPIRED',
      retryable: false,
      cursor: expect.stringMatching(/^\w+\.\d+-\d+$/),
    });
  });

  it('ends a stream with FORBIDDEN at the next change when it has lost the scope', async () => {
    const stream = await subscribeWith(narrowed);
    expect(stream.status).toBe(200);
    await stream.until(({ ids }) => ids.length > 0);
    // A cast: it is what the ring has written.
    const file = JSON.parse(await readFile(keys.path, 'utf8')) as {
      readonly keys: { readonly name: string; scopes: readonly string[] }[];
    };
    for (const key of file.keys) if (key.name === 'narrowed') key.scopes = ['personal:read'];
    await writeFile(keys.path, JSON.stringify(file));
    // The server learns of it after some seconds.
    for (let number = 0; !stream.isComplete; number += 1) {
      const before = stream.payloads.length;
      await gateway.events.log.append([
        {
          key: `change ${String(number)}`,
          changes: [
            {
              vendor: 'stripe',
              type: 'Payment',
              id: 'pi_1',
              kind: 'UPDATED',
              related: [],
              changed: [],
              at: number,
              source: 'webhook',
            },
          ],
        },
      ]);
      await stream.until(({ payloads, isComplete }) => isComplete || payloads.length > before);
    }
    expect(codeOf(stream)).toBe('FORBIDDEN');
  });
});

const codeOf = ({ payloads }: EventReader) => payloads.at(-1)?.errors?.[0]?.extensions?.['code'];
