import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAbstractType } from 'graphql';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';
import { ALL_AT_ONCE, CHANGES, LIMITS, QUERIES, TABLE } from './matrix/all-forms.ts';
import { type Comparison, createComparison } from './matrix/comparison.ts';
import { fieldsOf, isOfSubscription, valuedFieldsOf } from './matrix/operations.ts';
import { readSample } from './matrix/sample.ts';
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

/** Subscriptions have a matrix of their own. */
const PLACES = TABLE.protected.filter((place) => !isOfSubscription(place));

const withoutPairs = () => callers.filter(({ scopes }) => scopes.size !== 2);

describe('the paths to protected fields', () => {
  it('lead to every protected field', () => {
    const reached = new Set(
      [...QUERIES.map(([, form]) => form), CHANGES].flatMap(({ operation }) => [
        ...fieldsOf(operation, TABLE),
      ]),
    );
    expect(PLACES.filter((place) => !reached.has(place))).toEqual([]);
    expect(PLACES.length).toBeGreaterThan(100);
  });

  it('need no interface or union, as the graph has none: field-access.test.ts tests them with another graph', () => {
    expect(Object.values(TABLE.schema.getTypeMap()).filter(isAbstractType)).toEqual([]);
  });
});

/** What no change has, as it is asked for here: a plan that is not there is ended, and nobody has paid yet. */
const NEVER_THERE = ['CancelRecurringPlanPayload.recurringPlan', 'CheckoutSession.payment'];

describe.each(['embedded', 'distributed'] as const)(
  'with the %s gateway, protected fields',
  (mode) => {
    let gateway: TestGateway;
    let ask: Comparison['ask'];
    let compare: Comparison['compare'];
    beforeAll(async () => {
      const environment = {
        ...issuer.environment,
        ...LIMITS,
        API_KEYS_FILE: keys.path,
        ANONYMOUS_SCOPES: 'none',
      };
      gateway = await startTestGateway({ mode, environment });
      const sample = await readSample(gateway, everything);
      ({ ask, compare } = createComparison({ gateway, mode, sample, everything, table: TABLE }));
    });
    afterAll(() => gateway.close());

    it.each(QUERIES)(
      'are visible to exactly the callers with the scopes, selected %s',
      async (_name, form) => {
        const { data, errors } = await ask(form.text, everything);
        expect(errors).toBeUndefined();
        for (const caller of form.everyCaller ? callers : withoutPairs())
          await compare(form, data, caller);
      },
    );

    it('are visible to exactly the callers with the scopes in the first request of an operation', async () => {
      const { data } = await ask(ALL_AT_ONCE.text, everything);
      for (const caller of withoutPairs())
        await compare(
          { ...ALL_AT_ONCE, text: `# ${caller.name}\n${ALL_AT_ONCE.text}` },
          data,
          caller,
        );
    });

    it('have values in this test, nearly all of them', async () => {
      const seen: string[] = [];
      for (const { operation, text } of [ALL_AT_ONCE, CHANGES]) {
        seen.push(...valuedFieldsOf(operation, (await ask(text, everything)).data, TABLE));
      }
      expect(PLACES.filter((place) => !seen.includes(place))).toEqual(NEVER_THERE);
    });

    it('of mutation payloads are visible to exactly the callers with the scopes, and no forbidden mutation is executed', async () => {
      const { data, errors } = await ask(CHANGES.text, everything);
      expect(errors).toBeUndefined();
      for (const caller of callers) await compare(CHANGES, data, caller, typesOfValues);
    });
  },
);
