import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { createCallerSigning } from '../../gateway/access/services/signed-caller.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createKeyFile, type KeyFile } from '../gateway/access/key-file.ts';
import { bearer } from '../gateway/access/token-issuer.ts';
import {
  requestsSince,
  startTestGateway,
  SUBGRAPH_SECRET,
  type TestGateway,
} from '../gateway/start-gateway.ts';
import { ATTACKS } from './attacks.ts';
import { MESSAGE_ATTACKS } from './http-attacks.ts';
import { sendAttack } from './send-attack.ts';

/** Characters of an error's message, and of a line of the log, whatever came. */
const [MAX_MESSAGE, MAX_LINE] = [410, 2000];

interface Body {
  readonly data?: object | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

describe.each(['embedded', 'distributed'] as const)('a gateway in production, %s', (mode) => {
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

  const askWell = async () => {
    const { status, data, errors } = await gateway.query(
      '{ companies(first: 1) { nodes { id } } }',
      {},
      credential,
    );
    return {
      status,
      errors,
      count: (data as { companies: { nodes: unknown[] } } | undefined)?.companies.nodes.length,
    };
  };

  it.each(ATTACKS)('stands: $name', async ({ request, status, code }) => {
    const since = performance.now();
    const logged = gateway.log.length;
    // What came before is answered in another way.
    for (let time = 0; time < 2; time += 1) {
      const answer = await sendAttack(gateway.url, request(0), credential);
      const { data, errors } = JSON.parse(answer.text) as Body;
      expect({
        status: answer.status,
        codes: [...new Set(errors?.map(({ extensions }) => extensions?.code))],
      }).toEqual({
        status,
        codes: code === null ? [] : [code],
      });
      if (code === null) expect([errors, data]).toEqual([undefined, expect.any(Object)]);
      else expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
      expect(answer.text).not.toMatch(/Did you mean|node_modules|\.[jt]s:\d|\n\s+at /);
      // No amplification.
      expect(answer.text.length).toBeLessThan(JSON.stringify(request(0)).length + 5000);
      for (const { message } of errors ?? []) expect(message.length).toBeLessThan(MAX_MESSAGE);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(requestsSince(since, sandbox)).toEqual([]);
    expect(
      gateway.log
        .slice(logged)
        .filter((line) => /"level":(50|60)/.test(line) || line.length > MAX_LINE),
    ).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(await askWell()).toEqual({ status: 200, errors: undefined, count: 1 });
  });

  it('closes a connection whose client stops in the middle of a body', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').setEncoding('utf8');
    const lines = [
      'POST /graphql HTTP/1.1',
      'host: x',
      `authorization: ${credential['authorization'] ?? ''}`,
    ];
    socket.write(
      [...lines, 'content-type: application/json', 'content-length: 1000', '', '{"query":'].join(
        '\r\n',
      ),
    );
    const [answer] = (await once(socket, 'data')) as [string];
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"BAD_REQUEST"/);
  });

  if (mode === 'embedded') return;

  it.each(MESSAGE_ATTACKS)('has services that stand: $name', async ({ request, status, code }) => {
    const signature = await createCallerSigning(SUBGRAPH_SECRET, { requestTimeoutMs: 10_000 })(
      ANONYMOUS_CALLER,
      'address 127.0.0.1',
    );
    for (const url of gateway.urls.slice(1)) {
      const { status: actual, text } = await sendAttack(url, request(0), signature);
      const { errors = [] } = JSON.parse(text) as Body;
      expect({ status: actual, codes: errors.map(({ extensions }) => extensions?.code) }).toEqual({
        status,
        codes: code === null ? [] : [code],
      });
    }
  });
});
