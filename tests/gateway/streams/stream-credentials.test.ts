import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAudienceSchemas } from '../../../gateway/audiences/audience-schemas.ts';
import { changeOfType } from '../../events/changes.ts';
import type { KeyRecord } from '../../../gateway/access/keys/key-record.ts';
import { bearer, inSeconds, startTokenIssuer, type TokenIssuer } from '../access/token-issuer.ts';
import { createKeyFile, type KeyFile } from '../access/key-file.ts';
import { codesAndPaths, startTestGateway, type TestGateway } from '../start-gateway.ts';
import { openTestStream, type Payload, type TestStream, TRANSPORTS } from './open-test-stream.ts';

const AUDIENCES = readAudienceSchemas(new URL('../../../schema/audiences/', import.meta.url));
const PAYMENT = 'subscription { paymentChanged { id kind } }';
const COMPANY =
  'subscription { companyChanged { id company { id customers(first: 1) { nodes { name } } } } }';
const READ = ['payments:read', 'personal:read'];

let keys: KeyFile;
let issuer: TokenIssuer;
let policies: PolicyFile;
let gateway: TestGateway;
let company: string;
const byName = new Map<string, string>();
beforeAll(async () => {
  keys = await createKeyFile();
  // Before the first request: the file is read once a second.
  for (const name of ['unchanged', 'revoked', 'without payments', 'without customers', 'moved'])
    byName.set(name, await keys.add({ scopes: READ, name }));
  issuer = await startTokenIssuer();
  policies = await createPolicyFile();
  gateway = await startTestGateway({
    extend: {
      crm: 'extend type Company { staff: String @property(name: "name") @policy(policies: [["present"]]) }',
    },
    environment: {
      ...issuer.environment,
      ACCESS: 'closed',
      API_KEYS_FILE: keys.path,
      JWT_CLOCK_TOLERANCE: '0',
      POLICIES: policies.module,
    },
  });
  const { data } = await gateway.query(
    '{ companies(first: 1) { nodes { id } } }',
    undefined,
    bearer(byName.get('unchanged') ?? ''),
  );
  // A cast: the schema has it.
  company = data.companies.nodes[0].id as string;
});
afterAll(async () => {
  await gateway.close();
  await issuer.close();
  await policies.remove();
  await keys.remove();
});

/** A stream by each transport. */
const openAll = (query: string, credential = byName.get('unchanged') ?? '', path = '/graphql') =>
  Promise.all(
    TRANSPORTS.map((transport) =>
      openTestStream(gateway, query, { headers: bearer(credential), transport, path }),
    ),
  );
const openAllOf = (name: string, query: string, path?: string) =>
  openAll(query, byName.get(name), path);

/** Streams of a token that expires soon, but not before they are open. */
async function openAllUntilExpiry(): Promise<readonly TestStream[]> {
  for (let seconds = 2; ; seconds *= 2) {
    const claims = { scope: READ.join(' '), exp: inSeconds(seconds) };
    const token = await issuer.token({ claims });
    const opened = await Promise.allSettled(
      TRANSPORTS.map((transport) =>
        openTestStream(gateway, PAYMENT, { headers: bearer(token), transport }),
      ),
    );
    const streams = opened.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (streams.length === opened.length) return streams;
    await closeAll(streams);
    const failed = opened.find((one) => one.status === 'rejected');
    // A slow machine explains less.
    if (seconds > 16) throw failed?.reason;
  }
}

const closeAll = (streams: readonly TestStream[]) =>
  Promise.all(streams.map((stream) => stream.close()));

/** The errors by which the streams end, which have sent no payload before. */
const endsOf = async (streams: readonly TestStream[]) => {
  const ends = await Promise.all(streams.map((stream) => stream.next()));
  await closeAll(streams);
  return ends.map(({ data, errors }) => [data ?? undefined, errors?.[0]?.extensions]);
};
const eachEndsWith = (code: string) =>
  TRANSPORTS.map(() => [
    undefined,
    {
      code,
      retryable: false,
      cursor: expect.stringMatching(/^\w+\.\d+-\d+$/),
    },
  ]);

let count = 0;
const change = async (type: string, id: string) => {
  const changes = [changeOfType(type, id)];
  await gateway.events.log.append([{ key: String((count += 1)), changes }]);
};
/** The data of the next payloads, and the codes of their errors. */
const shownOf = async (streams: readonly TestStream[]) =>
  (await payloadsOf(streams)).map(({ data, errors }) => [data, codesAndPaths(errors)]);
const payloadsOf = (streams: readonly TestStream[]) =>
  Promise.all(streams.map((stream) => stream.next()));

/** Changes a key in the file. The server finds out some seconds later. */
async function changeKey(name: string, changed: Partial<KeyRecord>): Promise<void> {
  // A cast: the ring has written it.
  const file = JSON.parse(await readFile(keys.path, 'utf8')) as { readonly keys: KeyRecord[] };
  const changedKeys = file.keys.map((key) => (key.name === name ? { ...key, ...changed } : key));
  await writeFile(keys.path, JSON.stringify({ ...file, keys: changedKeys }));
}

describe('a stream by each transport', () => {
  it('ends with TOKEN_EXPIRED when its key is revoked, and streams of other keys go on', async () => {
    const others = await openAllOf('unchanged', PAYMENT);
    const streams = await openAllOf('revoked', PAYMENT);
    const { id = '' } = (await keys.ring.list()).find(({ name }) => name === 'revoked') ?? {};
    await keys.ring.revoke(id, new Date().toISOString());
    expect(await endsOf(streams)).toEqual(eachEndsWith('TOKEN_EXPIRED'));
    await change('Payment', 'pi_1');
    expect(await shownOf(others)).toEqual(
      others.map(() => [{ paymentChanged: { id: 'pi_1', kind: 'UPDATED' } }, []]),
    );
    await closeAll(others);
  });

  it('ends with TOKEN_EXPIRED when its token expires', async () => {
    const streams = await openAllUntilExpiry();
    expect(await endsOf(streams)).toEqual(eachEndsWith('TOKEN_EXPIRED'));
  });

  it('ends with FORBIDDEN when its key loses the scope of the field', async () => {
    const streams = await openAllOf('without payments', PAYMENT);
    await changeKey('without payments', { scopes: ['personal:read'] });
    expect(await endsOf(streams)).toEqual(eachEndsWith('FORBIDDEN'));
  });

  it('goes on without the fields whose scope its key loses', async () => {
    const streams = await openAllOf('without customers', COMPANY);
    await changeKey('without customers', { scopes: ['payments:read'] });
    let payloads: readonly Payload[];
    do {
      await change('Company', company);
      payloads = await payloadsOf(streams);
    } while (payloads.every(({ errors }) => errors === undefined));
    // From the next change on all of them have the new scopes.
    await change('Company', company);
    expect(await shownOf(streams)).toEqual(
      streams.map(() => [
        { companyChanged: { id: company, company: { id: company, customers: null } } },
        ['FORBIDDEN companyChanged.company.customers'],
      ]),
    );
    await closeAll(streams);
  });

  it('ends with FORBIDDEN when its key gets another audience than that of its path', async () => {
    const streams = await openAllOf(
      'moved',
      'subscription { customerChanged { id } }',
      '/graphql/partner',
    );
    await changeKey('moved', { audience: 'public' });
    expect(await endsOf(streams)).toEqual(eachEndsWith('FORBIDDEN'));
  });

  it('ends with FORBIDDEN when a reload removes its audience, and streams of the whole graph go on', async () => {
    const query = 'subscription { customerChanged { id } }';
    const whole = await openAllOf('unchanged', query);
    const streams = await openAllOf('unchanged', query, '/graphql/partner');
    await gateway.reload(new Map([...AUDIENCES].filter(([name]) => name !== 'partner')));
    expect(await endsOf(streams)).toEqual(eachEndsWith('FORBIDDEN'));
    await change('Customer', 'any');
    expect(await shownOf(whole)).toEqual(whole.map(() => [{ customerChanged: { id: 'any' } }, []]));
    await closeAll(whole);
    await gateway.reload(AUDIENCES);
  });

  it('shows what its policies decide for each payload', async () => {
    await policies.grant();
    const streams = await openAll('subscription { companyChanged { id company { id staff } } }');
    await change('Company', company);
    expect(await shownOf(streams)).toEqual(
      streams.map(() => [
        { companyChanged: { id: company, company: { id: company, staff: expect.any(String) } } },
        [],
      ]),
    );
    await policies.refuse();
    await change('Company', company);
    expect(await shownOf(streams)).toEqual(
      streams.map(() => [
        { companyChanged: { id: company, company: { id: company, staff: null } } },
        ['FORBIDDEN companyChanged.company.staff'],
      ]),
    );
    await closeAll(streams);
  });

  it('ends with FORBIDDEN when its policies refuse all that it selects', async () => {
    await policies.grant();
    const streams = await openAll('subscription { companyChanged { company { staff } } }');
    await change('Company', company);
    expect((await shownOf(streams)).map(([, errors]) => errors)).toEqual(streams.map(() => []));
    await policies.refuse();
    await change('Company', company);
    expect(await endsOf(streams)).toEqual(eachEndsWith('FORBIDDEN'));
  });
});

/** A module for `POLICIES` whose decision a test changes. */
interface PolicyFile {
  readonly module: string;
  readonly grant: () => Promise<void>;
  readonly refuse: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

async function createPolicyFile(): Promise<PolicyFile> {
  const folder = await mkdtemp(`${tmpdir()}/policies-`);
  const decision = `${folder}/decision`;
  const module = `${folder}/policies.mjs`;
  await writeFile(
    module,
    `import { readFileSync } from 'node:fs';
export default (caller, policies) =>
  readFileSync(${JSON.stringify(decision)}, 'utf8') === 'granted' ? policies : [];
`,
  );
  const decide = (text: string) => writeFile(decision, text);
  await decide('refused');
  return {
    module,
    grant: () => decide('granted'),
    refuse: () => decide('refused'),
    remove: () => rm(folder, { recursive: true }),
  };
}
