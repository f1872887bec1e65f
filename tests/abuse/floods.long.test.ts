import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { createCallerSigning } from '../../gateway/access/services/signed-caller.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createKeyFile, type KeyFile } from '../gateway/access/key-file.ts';
import { bearer } from '../gateway/access/token-issuer.ts';
import { addressesOf, describeBuilt, type Program, startProgram } from '../built-program.ts';
import { sendOperation, SUBGRAPH_SECRET } from '../gateway/start-gateway.ts';
import { until } from '../until.ts';
import { FLOODS, startFlood } from './floods.ts';

const QUERY = '{ companies(first: 1) { nodes { id } } }';

/** As many as a service often gets. */
const DESCRIPTORS = 1024;

let sandbox: Sandbox;
let keys: KeyFile;
let production: Record<string, string>;
let headersOf: Record<
  (typeof TARGETS)[number]['credential'],
  () => Promise<Record<string, string>>
>;
beforeAll(async () => {
  [sandbox, keys] = await Promise.all([startSandbox(), createKeyFile()]);
  const key = bearer(await keys.add());
  const sign = createCallerSigning(SUBGRAPH_SECRET, { requestTimeoutMs: 10_000 });
  headersOf = {
    key: () => Promise.resolve(key),
    // A signature holds for a minute.
    signature: async () => await sign({ ...ANONYMOUS_CALLER, id: 'key:good' }, ''),
  };
  production = {
    ...sandbox.environment,
    PORT: '0',
    NODE_ENV: 'production',
    ACCESS: 'closed',
    API_KEYS_FILE: keys.path,
    SUBGRAPH_SECRET,
    LOG_LEVEL: 'warn',
    // Polls the metric of open descriptors.
    ADDRESS_REQUESTS_PER_MINUTE: '1000000',
  };
});
afterAll(() => Promise.all([sandbox.close(), keys.remove()]));

const TARGETS = [
  { name: 'the gateway', program: ['gateway.js', []], credential: 'key' },
  { name: 'the distributed gateway', program: ['distributed.js', []], credential: 'key' },
  { name: 'the service of a subgraph', program: ['subgraph.js', ['crm']], credential: 'signature' },
] as const;

describe.each(TARGETS)(
  'a flood without a credential at $name',
  ({ program: [file, args], credential }) => {
    describeBuilt('as it is built', () => {
      let program: Program;
      let url: string;
      beforeAll(async () => {
        program = startProgram(file, args, production, DESCRIPTORS);
        url = file === 'distributed.js' ? await lastUrl(program) : await program.url;
      });
      afterAll(() => program.end());

      it.each(FLOODS)(
        'of $connections $name stops no other client, and leaves nothing behind',
        async (flood) => {
          const good = async () =>
            sendOperation(url, { query: QUERY }, await headersOf[credential]());
          expect(await good()).toMatchObject({ status: 200, errors: undefined });
          const before = await descriptorsOf(url);
          const { begun, end } = startFlood(flood, url);
          const answers = [await good()];
          await begun;
          for (let asked = 0; asked < 50; asked += 1) answers.push(await good());
          expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
          end();
          await until(
            'as few open descriptors as before',
            async () => (await descriptorsOf(url)) <= before * 1.05,
            60_000,
          );
          expect(await good()).toMatchObject({ status: 200, errors: undefined });
          expect(program.output()).not.toMatch(/"level":(50|60)|EMFILE/);
        },
        120_000,
      );
    });
  },
);

const lastUrl = async (program: Program) => (await addressesOf(program)).get('Tributary') ?? '';

/** Open files and connections of the process. */
async function descriptorsOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_open_fds (\d+)$/m.exec(metrics)?.[1]);
}
