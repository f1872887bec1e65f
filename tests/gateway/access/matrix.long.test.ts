import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAbstractType, type OperationDefinitionNode, print } from 'graphql';
import {
  type Answer,
  codesAndPaths,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from '../start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';
import { ALL_AT_ONCE, CHANGES, type Form, LIMITS, QUERIES, TABLE } from './matrix/all-forms.ts';
import { expectAnswer } from './matrix/expected.ts';
import { fieldsOf, valuedFieldsOf } from './matrix/operations.ts';
import { readSample, type Sample } from './matrix/sample.ts';
import { createScopeCallers, type ScopeCaller } from './matrix/scope-callers.ts';
import { typesOfValues } from './matrix/types-of-values.ts';
import { bearer, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

let keys: KeyFile;
let issuer: TokenIssuer;
let callers: readonly ScopeCaller[];
let everything: Record<string, string>;
beforeAll(async () => {
  keys = await createKeyFile();
  issuer = await startTokenIssuer();
  callers = await createScopeCallers(TABLE.scopes, keys, issuer);
  everything = bearer(await keys.add());
});
afterAll(async () => {
  await keys.remove();
  await issuer.close();
});

const withoutPairs = () => callers.filter(({ scopes }) => scopes.size !== 2);

describe('the ways', () => {
  it('lead to every field that is protected', () => {
    const reached = new Set(
      [...QUERIES.map(([, form]) => form), CHANGES].flatMap(({ operation }) => [
        ...fieldsOf(operation, TABLE),
      ]),
    );
    expect(TABLE.protected.filter((place) => !reached.has(place))).toEqual([]);
    expect(TABLE.protected.length).toBeGreaterThan(100);
  });

  it('need none through an interface or a union, as there is none yet: field-access.test.ts has them of another graph', () => {
    expect(Object.values(TABLE.schema.getTypeMap()).filter(isAbstractType)).toEqual([]);
  });
});

/** What no change has, as it is asked for here: a plan that is not there is ended, and nobody has paid yet. */
const NEVER_THERE = ['CancelRecurringPlanPayload.recurringPlan', 'CheckoutSession.payment'];

/** Of what was made by a change, which has another each time. */
const IDS = /(?<=\/)(\d{6,}|[a-z]{2,4}_\w{8,})/g;

describe.each(['embedded', 'distributed'] as const)(
  'with the %s gateway, protected fields are visible to exactly the callers with the scopes',
  (mode) => {
    let gateway: TestGateway;
    let sample: Sample;
    beforeAll(async () => {
      const environment = {
        ...issuer.environment,
        ...LIMITS,
        API_KEYS_FILE: keys.path,
        ANONYMOUS_SCOPES: 'none',
      };
      gateway = await startTestGateway({ mode, environment });
      sample = await readSample(gateway, everything);
    });
    afterAll(() => gateway.close());

    /** Asks, and listens to what the vendors are asked for. */
    const ask = async (
      text: string,
      headers: Readonly<Record<string, string>>,
    ): Promise<Answer & { readonly calls: readonly string[] }> => {
      const since = performance.now();
      const answer = await gateway.query(text, { ...sample, yes: true, no: false }, headers);
      const requests = requestsSince(since, gateway.sandbox);
      expect(answer.headers.get('x-tributary-upstream-calls')).toBe(String(requests.length));
      const calls = requests
        .map(({ method, path }) => `${method} ${path.replace(IDS, '{id}')}`)
        .sort();
      // How many go together depends on how fast the services are.
      return { ...answer, calls: mode === 'embedded' ? calls : [...new Set(calls)] };
    };

    const known = new Map<string, readonly string[]>();
    const callsFor = async (
      operation: OperationDefinitionNode | undefined,
    ): Promise<readonly string[]> => {
      if (operation === undefined) return [];
      const text = print(operation);
      const calls = known.get(text) ?? (await ask(text, everything)).calls;
      known.set(text, calls);
      return calls;
    };

    /** The answer is that of who may see all, but for what is refused, and the vendors are asked for no more than what is allowed. */
    const compare = async (
      { operation, text }: Form,
      whole: unknown,
      caller: ScopeCaller,
      look = (data: unknown) => data,
    ) => {
      const expected = expectAnswer(operation, whole, caller.scopes, TABLE);
      const { status, data, errors, calls } = await ask(text, caller.headers);
      const { name, code } = caller;
      expect([name, status, codesAndPaths(errors)]).toEqual([
        name,
        200,
        expected.refused.map((path) => `${code} ${path}`),
      ]);
      expect([name, look(data)]).toEqual([name, look(expected.data)]);
      expect([name, calls]).toEqual([name, await callsFor(expected.allowed)]);
    };

    it.each(QUERIES)('asked for %s', async (_name, form) => {
      const { data, errors } = await ask(form.text, everything);
      expect(errors).toBeUndefined();
      for (const caller of form.everyCaller ? callers : withoutPairs())
        await compare(form, data, caller);
    });

    it('the first time that an operation comes, too', async () => {
      const { data } = await ask(ALL_AT_ONCE.text, everything);
      for (const caller of withoutPairs())
        await compare(
          { ...ALL_AT_ONCE, text: `# ${caller.name}\n${ALL_AT_ONCE.text}` },
          data,
          caller,
        );
    });

    it('and there is something to be seen of nearly each', async () => {
      const seen: string[] = [];
      for (const { operation, text } of [ALL_AT_ONCE, CHANGES]) {
        seen.push(...valuedFieldsOf(operation, (await ask(text, everything)).data, TABLE));
      }
      expect(TABLE.protected.filter((place) => !seen.includes(place))).toEqual(NEVER_THERE);
    });

    it('of what a change gives back, and no change is made that is not allowed', async () => {
      const { data, errors } = await ask(CHANGES.text, everything);
      expect(errors).toBeUndefined();
      for (const caller of callers) await compare(CHANGES, data, caller, typesOfValues);
    });
  },
);
