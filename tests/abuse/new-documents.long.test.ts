import { afterEach, describe, expect, it } from '@jest/globals';
import { Agent, request as send } from 'undici';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { until } from '../until.ts';
import { times } from './attack.ts';

let gateway: TestGateway | undefined;
const agents: Agent[] = [];
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
  await gateway?.close();
});

/** A client without a credential, at an address of its own. */
function clientAt(localAddress: string) {
  const agent = new Agent({ localAddress, connections: 200, pipelining: 1 });
  agents.push(agent);
  return {
    post: async (query: string) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await send(`${gateway?.url ?? ''}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query }),
        dispatcher: agent,
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (await answer.body.json()) as Answered,
      };
    },
    get: async (query: string) => {
      const headers = { 'apollo-require-preflight': '1' };
      const path = `${gateway?.url ?? ''}/graphql?query=${encodeURIComponent(query)}`;
      const answer = await send(path, { headers, dispatcher: agent });
      await answer.body.dump();
      return answer.statusCode;
    },
    leave: () => agent.destroy(),
  };
}

interface Answered {
  readonly errors?: readonly {
    readonly extensions: { readonly code: string; readonly retryAfter?: number };
  }[];
}

const KNOWN = '{ __typename }';

/** Takes some milliseconds to validate, and is another one each time. */
const newDocument = (number: number) =>
  `query New${String(number)} { company(id: "1") { ${times(300, (index) => `a${String(index)}: id`)} } }`;

const FLOOD = 100;

/** Opens as many connections as the flood needs, so that its requests come at once. */
const openConnections = (client: ReturnType<typeof clientAt>) =>
  Promise.all(Array.from({ length: FLOOD }, () => client.post(KNOWN)));

describe.each(['embedded', 'distributed'] as const)(
  'a hundred new documents at once from one address, %s',
  (mode) => {
    it('wait for one another, while the known and new documents of another client go ahead of them', async () => {
      gateway = await startTestGateway({
        mode,
        environment: { ACCESS: 'open', REQUEST_TIMEOUT_MS: '60000' },
      });
      const [flooder, other] = [clientAt('127.0.0.2'), clientAt('127.0.0.3')];
      await openConnections(flooder);
      await other.post(KNOWN);
      const answered: string[] = [];
      const flood = Array.from({ length: FLOOD }, async (_, number) => {
        await flooder.post(newDocument(number));
        answered.push('flood');
      });
      const others = [other.post(newDocument(FLOOD)), other.post(KNOWN), other.get(KNOWN)].map(
        async (answer) => {
          await answer;
          answered.push('other');
        },
      );
      await Promise.all(others);
      // They came last.
      expect(answered.lastIndexOf('other')).toBeLessThan(FLOOD / 2);
      await Promise.all(flood);
    });
  },
);

describe('clients that have disconnected', () => {
  it('have left the line of new documents, which goes on with the next', async () => {
    gateway = await startTestGateway({
      environment: { ACCESS: 'open', REQUEST_TIMEOUT_MS: '60000' },
    });
    const [leaver, other] = [clientAt('127.0.0.2'), clientAt('127.0.0.3')];
    await openConnections(leaver);
    const logged = () =>
      gateway?.log.map((line) => JSON.parse(line) as { outcome?: string; operation?: string }) ??
      [];
    const before = logged().filter(({ outcome }) => outcome !== undefined).length;
    const left = Array.from({ length: FLOOD }, (_, number) =>
      leaver.post(newDocument(number)).catch(() => 'left'),
    );
    await Promise.race(left);
    await leaver.leave();
    expect(await Promise.all(left)).toContain('left');
    expect((await other.post(newDocument(FLOOD))).status).toBe(200);
    const ended = () => logged().filter(({ outcome }) => outcome !== undefined).length;
    await until('the end of each request', () => ended() > before + FLOOD, 60_000);
    // An operation is known by its name once its document has been validated.
    const unchecked = logged().filter(
      ({ outcome, operation }) => outcome === 'abandoned' && operation === undefined,
    );
    expect(unchecked.length).toBeGreaterThan(FLOOD / 4);
  });
});
