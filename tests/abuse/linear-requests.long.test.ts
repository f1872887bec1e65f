import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createKeyFile, type KeyFile } from '../gateway/access/key-file.ts';
import { bearer } from '../gateway/access/token-issuer.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { graphql, type HttpAttackRequest } from './attack.ts';
import { sendAttack } from './send-attack.ts';

/** Requests whose text is as long as is said, and another each time: what came before would be known. */
type WriteRequest = (length: number, time: number) => HttpAttackRequest;

const TYPENAME = '{ __typename }';
const fill = (text: string, length: number) => text.repeat(Math.floor(length / text.length));
const asked = (query: string, variables: object) => graphql(query, { variables });
const deal = (input: object) =>
  asked('mutation ($input: CreateDealInput!) { createDeal(input: $input) { deal { id } } }', {
    input,
  });
const account = (input: object) =>
  asked(
    'mutation ($input: CreateBillingAccountInput!) { createBillingAccount(input: $input) { billingAccount { id } } }',
    { input },
  );
const invoice = (amount: string, currency = 'EUR') =>
  asked(
    'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }',
    {
      input: {
        billingAccountId: 'cus_1',
        lines: [{ description: 'x', quantity: 1, unitAmount: { amount, currency } }],
        dueOn: '2030-01-01',
      },
    },
  );

/** Bodies of up to 96,000 characters. */
const BODIES: readonly (readonly [string, WriteRequest])[] = [
  [
    'a name of an operation',
    (length) => graphql(TYPENAME, { operationName: fill('Did you mean ', length) }),
  ],
  [
    'a hash',
    (length) => ({
      body: JSON.stringify({
        extensions: { persistedQuery: { version: 1, sha256Hash: fill('a', length) } },
      }),
    }),
  ],
  ['an amount with zeros', (length) => invoice(`0.${fill('0', length)}1`)],
  [
    'an amount of a deal',
    (length) => deal({ title: 'x', amount: { amount: `${fill('0', length)}.`, currency: 'EUR' } }),
  ],
  ['a currency', (length) => invoice('1', fill('EUR', length))],
  [
    'an e-mail address',
    (length) =>
      asked('query ($e: String!) { customerByEmail(email: $e) { id } }', { e: fill('a@', length) }),
  ],
  ['a telephone number', (length) => account({ name: 'x', phone: fill('0 ', length) })],
  ['blanks within a text', (length) => deal({ title: `a${fill(' ', length)}a` })],
  [
    'an id',
    (length) =>
      asked('query ($id: ID!) { payment(id: $id) { id } }', { id: `pi_${fill('a', length)}-` }),
  ],
  [
    'a cursor',
    (length) =>
      asked('query ($after: String) { companies(first: 1, after: $after) { nodes { id } } }', {
        after: fill('W', length),
      }),
  ],
  [
    'words',
    (length) =>
      asked('query ($s: String) { companies(search: $s) { nodes { id } } }', {
        s: fill('*a ', length),
      }),
  ],
  [
    'blanks in an address',
    (length) =>
      asked('query ($a: String!) { geocode(address: $a) { id } }', { a: `a${fill(' ', length)}a` }),
  ],
  [
    'accents in an address',
    (length) =>
      asked('query ($a: String!) { geocode(address: $a) { id } }', {
        a: fill('\u0301\u0316', length),
      }),
  ],
  [
    'a name of a variable',
    (length) =>
      asked('query ($f: CompanyFilter) { companies(filter: $f) { nodes { id } } }', {
        f: { [fill('city', length)]: 1 },
      }),
  ],
  [
    'a text in the document',
    (length, time) =>
      graphql(`{ company(id: "${fill('\\u0061', length)}${String(time)}") { unknown } }`),
  ],
  [
    'a block of text',
    (length, time) =>
      graphql(`{ company(id: """${fill('   a\n', length / 2)}${String(time)}""") { unknown } }`),
  ],
  [
    'long words in a comment',
    (length, time) =>
      graphql(`{ unknown } #${fill(`${'x'.repeat(1000)}-`, length)}${String(time)}`),
  ],
  [
    'a number in the document',
    (length, time) =>
      graphql(`{ companies(first: ${fill('9', length)}${String(time)}) { nodes { id } } }`),
  ],
  [
    'a directive',
    (length, time) => graphql(`{ __typename ${fill('@a ', length / 8)} @b${String(time)} }`),
  ],
];

/** Headers of up to 14,000 characters. */
const HEADERS: readonly (readonly [string, WriteRequest])[] = [
  ['a media type', (length) => get({ 'content-type': `a/${fill(' ', length)}b` })],
  [
    'a parameter of a media type',
    (length) => get({ 'content-type': `application/json;${fill(' ', length)}b` }),
  ],
  ['media types', (length) => get({ accept: fill('a/b;q=0.1,', length) })],
  ['a priority', (length) => get({ priority: `,${fill(' ', length)}u=7x` })],
  ['a token', (length) => get({ authorization: `Bearer ${fill('a.', length)}` })],
  ['a request id', (length) => get({ 'x-request-id': fill('a ', length) })],
  ['the name of a client', (length) => get({ 'apollographql-client-name': fill('a ', length) })],
  ['a trace', (length) => get({ traceparent: fill('00-', length) })],
  [
    'a path',
    (length) => ({
      ...get({}),
      path: `/graphql?query=${encodeURIComponent(TYPENAME)}&a=${fill('?', length)}`,
    }),
  ],
];

function get(headers: Record<string, string>): HttpAttackRequest {
  return {
    method: 'GET',
    path: `/graphql?query=${encodeURIComponent(TYPENAME)}`,
    headers: { 'apollo-require-preflight': '1', ...headers },
  };
}

describe.each(['embedded', 'distributed'] as const)(
  'a text four times as long keeps the process busy no longer than in proportion, %s',
  (mode) => {
    let gateway: TestGateway;
    let sandbox: Sandbox;
    let keys: KeyFile;
    let credential: Record<string, string>;
    beforeAll(async () => {
      [sandbox, keys] = await Promise.all([startSandbox(), createKeyFile()]);
      credential = bearer(await keys.add());
      const environment = {
        NODE_ENV: 'production',
        LOG_LEVEL: 'debug',
        ACCESS: 'closed',
        API_KEYS_FILE: keys.path,
      };
      gateway = await startTestGateway({ mode, sandbox, environment });
    });
    afterAll(async () => {
      await gateway.close();
      await Promise.all([sandbox.close(), keys.remove()]);
    });

    /** Milliseconds of the processor that this process takes for an answer, however busy the machine is: the least of several tries. */
    async function busyMs(write: WriteRequest, length: number): Promise<number> {
      let least = Infinity;
      for (let time = 0; time < TRIES; time += 1) {
        const request = write(length, time);
        const before = process.cpuUsage();
        await sendAttack(gateway.url, request, credential);
        const { user, system } = process.cpuUsage(before);
        least = Math.min(least, (user + system) / 1000);
      }
      return least;
    }

    it.each([
      ...BODIES.map(([name, write]) => [name, 96_000, write] as const),
      ...HEADERS.map(([name, write]) => [name, 14_000, write] as const),
    ])('%s, up to %i characters', async (_name, length, write) => {
      await busyMs(write, length / 4);
      const [shorter, longer] = [await busyMs(write, length / 4), await busyMs(write, length)];
      // 4 at most where the time is in proportion, nearly 16 where it grows with the square.
      expect(longer / shorter).toBeLessThan(8);
    });
  },
);

const TRIES = 5;
