import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAbstractType, type OperationDefinitionNode, print } from 'graphql';
import { type Answer, codesAndPaths, startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';
import { CHANGES, type Form, LIMITS, QUERIES, TABLE } from './matrix/all-forms.ts';
import { expectAnswer } from './matrix/expected.ts';
import { fieldsOf } from './matrix/operations.ts';
import { readSample, type Sample } from './matrix/sample.ts';
import { createScopeCallers, type ScopeCaller } from './matrix/scope-callers.ts';
import { typesOfValues } from './matrix/types-of-values.ts';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

let keys: KeyFile;
let issuer: TokenIssuer;
let callers: readonly ScopeCaller[];
let everything: Record<string, string>;
beforeAll(async () => {
  keys = await createKeyFile();
  issuer = await startTokenIssuer();
  callers = await createScopeCallers(TABLE.scopes, keys, issuer);
  everything = { authorization: `Bearer ${await keys.add()}` };
});
afterAll(async () => {
  await keys.remove();
  await issuer.close();
});

describe('the ways', () => {
  it('lead to every field that is protected', () => {
    const reached = new Set([...QUERIES.map(([, form]) => form), CHANGES].flatMap(({ operation }) => fieldsOf(operation, TABLE)));
    expect(TABLE.protected.filter((place) => !reached.has(place))).toEqual([]);
    expect(TABLE.protected.length).toBeGreaterThan(100);
  });

  it('need none through an interface or a union, as there is none yet: guarded-graph.test.ts has them of another graph', () => {
    expect(Object.values(TABLE.schema.getTypeMap()).filter(isAbstractType)).toEqual([]);
  });
});

describe.each(['embedded', 'distributed'] as const)(
  'with the %s gateway, protected fields are seen by exactly who has the scopes',
  (mode) => {
    let gateway: TestGateway;
    let variables: Sample;
    beforeAll(async () => {
      const environment = { ...issuer.environment, ...LIMITS, API_KEYS_FILE: keys.path, ANONYMOUS_SCOPES: 'none' };
      gateway = await startTestGateway({ mode, environment });
      variables = await readSample(gateway, everything);
    });
    afterAll(() => gateway.close());

    const vendorCalls = ({ sandbox: { hubspot, stripe, google } }: TestGateway) =>
      [hubspot, stripe, google].flatMap(({ requests }) => requests).length;

    /** Asks, and counts what the vendors hear of it. */
    const ask = async (text: string, headers: Readonly<Record<string, string>>): Promise<Answer & { readonly calls: number }> => {
      const before = vendorCalls(gateway);
      const answer = await gateway.query(text, { ...variables, yes: true, no: false }, headers);
      const calls = vendorCalls(gateway) - before;
      expect(answer.headers.get('x-tributary-upstream-calls')).toBe(String(calls));
      return { ...answer, calls };
    };

    const known = new Map<string, number>();
    const callsFor = async (operation: OperationDefinitionNode | undefined): Promise<number> => {
      if (operation === undefined) return 0;
      const text = print(operation);
      const calls = known.get(text) ?? (await ask(text, everything)).calls;
      known.set(text, calls);
      return calls;
    };

    /** The answer is that of who may see all, but for what is refused, and the vendors are asked for no more than what is allowed. */
    const compare = async ({ operation, text }: Form, whole: unknown, caller: ScopeCaller, look = (data: unknown) => data) => {
      const expected = expectAnswer(operation, whole, caller.scopes, TABLE);
      const { status, data, errors, calls } = await ask(text, caller.headers);
      const { name, code } = caller;
      expect([name, status, codesAndPaths(errors)]).toEqual([name, 200, expected.refused.map((path) => `${code} ${path}`)]);
      expect([name, look(data)]).toEqual([name, look(expected.data)]);
      expect([name, calls]).toEqual([name, await callsFor(expected.allowed)]);
    };

    it.each(QUERIES)('asked for %s', async (_name, form) => {
      const { data, errors } = await ask(form.text, everything);
      expect(errors).toBeUndefined();
      for (const caller of callers) await compare(form, data, caller);
    });

    it('the first time that an operation comes, too', async () => {
      const [, form] = QUERIES[1] ?? [];
      if (form === undefined) throw new TypeError('There are several forms.');
      const { data } = await ask(form.text, everything);
      for (const caller of callers) await compare({ ...form, text: `# ${caller.name}\n${form.text}` }, data, caller);
    });

    it('of what a change gives back, and no change is made that is not allowed', async () => {
      const { data, errors } = await ask(CHANGES.text, everything);
      expect(errors).toBeUndefined();
      for (const caller of callers) await compare(CHANGES, data, caller, typesOfValues);
    });
  },
);
